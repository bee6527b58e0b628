import { join } from 'node:path';
import { Project, removeProjects } from '../support/project.js';
import { synthError, synthesized } from '../support/synthesized.js';

afterAll(removeProjects);

const SWC = join(__dirname, '../../node_modules/@swc');

const tsconfig = (more: object = {}, extending = {}) =>
  JSON.stringify({ ...extending, compilerOptions: { experimentalDecorators: true, ...more } });

/** Decorators as in frameworks that inject and store by type; `types` is the metadata that they read. */
const FILES = {
  'tsconfig.json': tsconfig({ emitDecoratorMetadata: true }),
  'lambda/reflect.ts': `export const types: Record<string, unknown> = {};
    Object.assign(Reflect, { metadata: (key: string, value: any) => (target: any, name = '') => {
      types[key + ' ' + name] = Array.isArray(value) ? value.map((one) => one.name) : value?.name;
    } });`,
  'lambda/orders.ts': 'export class Orders { hi() { return 1; } }\nexport interface Options { a: string }',
  'lambda/shop.ts': `import { Orders, type Options } from './orders.js';
    import { Options as Same } from './orders.js';
    const Injectable = () => (target: unknown) => void target;
    const Column = () => (target: unknown, name: string) => void [target, name];
    @Injectable()
    export class Shop {
      @Column() id!: string;
      constructor(readonly orders: Orders, readonly options?: Options, readonly same?: Same) {}
    }`,
  'lambda/main.ts': `import { types } from './reflect.js';
    import { Shop } from './shop.js';
    export const handler = async () => [types, Shop.name];`,
};

const COMPILED = [
  {
    'design:type id': 'String',
    'design:paramtypes ': ['Orders', 'Object', 'Object'],
  },
  'Shop',
];

describe('a class with decorators has the types of `emitDecoratorMetadata`', () => {
  it('by @swc/core, if the project has it', () => {
    const project = new Project(FILES);
    project.link('node_modules/@swc', SWC);
    expect(synthesized(project).run('return handler()')).toMatchObject(COMPILED);
  });

  it('by typescript, if the project has it', () => {
    const project = new Project({
      ...FILES,
      'node_modules/typescript/package.json': '{ "name": "typescript", "version": "5.9.3" }',
      // This project's own has no API.
      'node_modules/typescript/index.js': `const { transformSync } = require(${JSON.stringify(join(SWC, 'core'))});
        exports.ScriptTarget = exports.ModuleKind = exports.JsxEmit = {};
        exports.transpileModule = (text, { fileName, compilerOptions: { emitDecoratorMetadata, experimentalDecorators } }) => ({
          outputText: transformSync(text, { filename: fileName, swcrc: false, jsc: { target: 'esnext',
            parser: { syntax: 'typescript', decorators: true },
            transform: { legacyDecorator: experimentalDecorators, decoratorMetadata: emitDecoratorMetadata } } })
            .code.replace('export class Shop', 'let Shop = class Shop').replace('Shop = _ts_decorate', 'export { Shop }; Shop = _ts_decorate'),
        });`,
    });
    expect(synthesized(project).run('return handler()')).toMatchObject(COMPILED);
  });

  it('if an extended tsconfig sets it', () => {
    const project = new Project({
      ...FILES,
      'tsconfig.json': tsconfig({}, { extends: ['./base.json'] }),
      'base.json': '{ // of all packages\n "compilerOptions": { "emitDecoratorMetadata": true, }, }',
    });
    project.link('node_modules/@swc', SWC);
    expect(synthesized(project).run('return handler()')).toMatchObject(COMPILED);
  });

  it('by a plugin of the user', () => {
    const project = new Project({
      ...FILES,
      'plugin.mjs': `export default { name: 'own', setup(build) {
        build.onLoad({ filter: /shop.ts$/ }, () => ({ contents: "export class Shop {}", loader: 'js' }));
      } };`,
    });
    const bundling = { plugins: [project.path('plugin.mjs')] };
    expect(synthesized(project, { bundling }).run('return handler()')).toEqual([{}, 'Shop']);
  });
});

it('a class with decorators is rejected without an installed compiler', () => {
  expect(synthError(new Project(FILES))).toContain(
    'lambda/shop.ts uses decorators, and its tsconfig.json sets `emitDecoratorMetadata`, which esbuild does not support: the type metadata would be missing at run time. Install @swc/core, or typescript before version 7 (which has no API), to compile the file, or compile it with a plugin (`bundling.plugins`).',
  );
});

it.each<[string, Record<string, string>]>([
  [
    'the option is off',
    {
      'tsconfig.json': tsconfig({ emitDecoratorMetadata: false }, { extends: './base.json' }),
      'base.json': FILES['tsconfig.json'],
    },
  ],
  [
    'the option is in a comment',
    {
      'tsconfig.json':
        '{ "compilerOptions": { "experimentalDecorators": true /* "emitDecoratorMetadata": true */ } }',
    },
  ],
  [
    'nothing is decorated',
    { 'lambda/shop.ts': "// mail to shop@example.com\nexport class Shop { id = '@id'; }" },
  ],
])('files are compiled by esbuild alone where %s', (_, files) => {
  const project = new Project({ ...FILES, ...files });
  expect(synthesized(project).run('return handler()')).toEqual([{}, 'Shop']);
});
