import { resolveImport } from '../../lib/bundler/bundle-thread.js';
import type { UnitOptions } from '../../lib/bundler/worker/protocol.mjs';
import { analyzeHandler } from '../../lib/handler/handler-analysis.js';
import { ModuleGraph } from '../../lib/handler/module-graph.js';
import { Project, removeProjects } from '../support/project.js';

afterAll(removeProjects);

function analyze(project: Project, file = 'lambda/place.ts', options: UnitOptions = {}) {
  const unit = { root: project.folder, options, conditions: ['cdk-trellis-source'] };
  const graph = new ModuleGraph(
    (specifier, importer) => resolveImport({ unit, specifier, importer }),
    Object.keys(options.alias ?? {}),
  );
  return analyzeHandler(project.path(file), 'handler', graph);
}

const orders = [{ name: 'orders', kind: 'table', access: 'readWrite' }];
const RUN = 'async () => 1';
const CALL = `handle({ orders: table.readWrite }, ${RUN})`;
const PLACE = `import { handle, table } from 'cdk-trellis/runtime';\nexport const handler = ${CALL};`;
const BARREL = "export { handle, table } from 'cdk-trellis/runtime';";

type Files = Record<string, string>;

/** A package of the project that is linked into node_modules, as workspaces are. */
function workspace(manifest: object, files: Files): (project: Project) => void {
  return (project) => {
    project.write('packages/rt/package.json', JSON.stringify({ name: '@acme/rt', ...manifest }));
    for (const [path, text] of Object.entries(files)) project.write(`packages/rt/${path}`, text);
    project.link('node_modules/@acme/rt', project.path('packages/rt'));
  };
}

const IMPORTED = `import { handle, table } from '@acme/rt';\nexport const handler = ${CALL};`;
const tsconfig = (compilerOptions: object, more = {}) => JSON.stringify({ compilerOptions, ...more });

describe('the needs of a handler are read if its wrapper comes', () => {
  it.each<[string, string, Files]>([
    [
      'from a barrel',
      `import { handle, table } from './rt.js';\nexport const handler = ${CALL};`,
      { 'rt.ts': BARREL },
    ],
    [
      'from a barrel of barrels',
      `import { handle, table } from './rt.js';\nexport const handler = ${CALL};`,
      {
        'rt.ts': "export * from './inner/index.js';",
        'inner/index.ts': "export * from 'cdk-trellis/runtime';",
      },
    ],
    [
      'under another name',
      `import { lambda as wrap, db } from './rt.js';\nexport const handler = wrap({ orders: db.readWrite }, ${RUN});`,
      { 'rt.ts': "export { handle as lambda, table as db } from 'cdk-trellis/runtime';" },
    ],
    [
      'from a default re-export',
      `import wrap from './handle.js';\nimport { table } from 'cdk-trellis/runtime';\nexport const handler = wrap({ orders: table.readWrite }, ${RUN});`,
      { 'handle.ts': "export { handle as default } from 'cdk-trellis/runtime';" },
    ],
    [
      'from an import that is exported',
      `import { handle, table } from './rt.js';\nexport const handler = ${CALL};`,
      { 'rt.ts': "import { handle, table } from 'cdk-trellis/runtime';\nexport { handle, table };" },
    ],
    [
      'from a namespace of a barrel',
      `import * as rt from './rt.js';\nexport const handler = rt.handle({ orders: rt.table.readWrite }, ${RUN});`,
      { 'rt.ts': BARREL },
    ],
    [
      'from a namespace that is exported',
      `import { rt } from './rt.js';\nexport const handler = rt.handle({ orders: rt.table.readWrite }, ${RUN});`,
      { 'rt.ts': "export * as rt from 'cdk-trellis/runtime';" },
    ],
    [
      'from a namespace that is the default',
      `import rt from './rt.js';\nexport const handler = rt.handle({ orders: rt.table.readWrite }, ${RUN});`,
      { 'rt.ts': "import * as rt from 'cdk-trellis/runtime';\nexport default rt;" },
    ],
    [
      'from an object',
      `import { kit } from './rt.js';\nexport const handler = kit.handle({ orders: kit.table.readWrite }, ${RUN});`,
      {
        'rt.ts':
          "import { handle, table } from 'cdk-trellis/runtime';\nexport const kit = { handle, table };",
      },
    ],
    [
      'out of a namespace',
      `import * as rt from 'cdk-trellis/runtime';\nconst { handle, table: db } = rt;\nexport const handler = handle({ orders: db.readWrite }, ${RUN});`,
      {},
    ],
    [
      'from a constant',
      `import { handle, table } from 'cdk-trellis/runtime';\nconst wrap = handle;\nconst db = table;\nexport const handler = wrap({ orders: db.readWrite }, ${RUN});`,
      {},
    ],
    [
      'from a module that is awaited',
      `const { handle, table } = await import('./rt.js');\nexport const handler = ${CALL};`,
      { 'rt.ts': BARREL },
    ],
    [
      "from TypeScript's import of CommonJS",
      `import rt = require('./rt.js');\nexport const handler = rt.handle({ orders: rt.table.readWrite }, ${RUN});`,
      { 'rt.ts': BARREL },
    ],
    [
      'from a module with another extension',
      `import { handle, table } from './rt.mjs';\nimport { other } from './other.cjs';\nexport const handler = ${CALL};`,
      { 'rt.mts': BARREL, 'other.cts': 'export const other = 1;' },
    ],
    [
      'from a folder, in JSX',
      `import { handle, table } from './rt';\nexport const handler = ${CALL};`,
      { 'rt/index.tsx': BARREL },
    ],
    [
      'from the file that esbuild takes before its source',
      `import { handle, table } from './rt.js';\nexport const handler = ${CALL};`,
      { 'rt.js': BARREL, 'rt.ts': 'export const handle = () => 1; export const table = 1;' },
    ],
    [
      'from a handler of another module',
      "import { handler as inner } from './inner.js';\nexport const handler = inner;",
      { 'inner.ts': PLACE },
    ],
    [
      'from a default handler',
      "export { default as handler } from './inner.js';",
      { 'inner.ts': `import { handle, table } from 'cdk-trellis/runtime';\nexport default ${CALL};` },
    ],
  ])('%s', (_, source, files) => {
    const project = new Project({ 'lambda/place.ts': source });
    for (const [path, text] of Object.entries(files)) project.write(`lambda/${path}`, text);
    expect(analyze(project)).toEqual({ kind: 'handle', needs: orders });
  });

  it.each<[string, string, Files]>([
    ['`paths`', '@/rt', { 'tsconfig.json': tsconfig({ paths: { '@/*': ['./src/*'] } }) }],
    [
      '`paths` without a pattern',
      'runtime',
      { 'tsconfig.json': tsconfig({ paths: { runtime: ['./src/rt.ts'] } }) },
    ],
    ['`baseUrl`', 'rt', { 'tsconfig.json': tsconfig({ baseUrl: './src' }) }],
    [
      '`paths` of a tsconfig that is extended',
      '@/rt',
      {
        'tsconfig.json': '{ "extends": "./tsconfig.middle.json" }',
        'tsconfig.middle.json': '{ "extends": ["./config/tsconfig.base.json"] }',
        'config/tsconfig.base.json': tsconfig({ paths: { '@/*': ['../src/*'] } }),
      },
    ],
    [
      '`paths` of the nearest tsconfig, in a project with references',
      '@/rt',
      {
        'tsconfig.json': '{ "files": [], "references": [{ "path": "./lambda" }] }',
        'lambda/tsconfig.json': tsconfig({ composite: true, paths: { '@/*': ['../src/*'] } }),
      },
    ],
    [
      '`imports` of package.json',
      '#rt',
      { 'package.json': '{ "name": "shop", "imports": { "#rt": "./src/rt.ts" } }' },
    ],
    [
      '`imports` with a pattern and conditions',
      '#src/rt.js',
      {
        'package.json':
          '{ "name": "shop", "imports": { "#src/*.js": { "node": "./src/*.ts", "default": "./no/*.js" } } }',
      },
    ],
    [
      '`imports` that name the runtime',
      '#rt',
      { 'package.json': '{ "name": "shop", "imports": { "#rt": "cdk-trellis/runtime" } }' },
    ],
    [
      'the name of the package itself',
      'shop/rt',
      { 'package.json': '{ "name": "shop", "exports": { "./rt": "./src/rt.ts" } }' },
    ],
  ])('by %s', (_, specifier, files) => {
    const project = new Project({ 'src/rt.ts': BARREL, ...files });
    project.write(
      'lambda/place.ts',
      `import { handle, table } from '${specifier}';\nexport const handler = ${CALL};`,
    );
    expect(analyze(project)).toEqual({ kind: 'handle', needs: orders });
  });

  it.each([
    "export { handler } from '@/inner';",
    "export * from '@/inner';",
    "import { handler as inner } from '@/inner';\nexport const handler = inner;",
    "import * as inner from '@/inner';\nexport const handler = middy(inner.handler).use(log);",
  ])('in a module that an alias names: %s', (source) => {
    const project = new Project({
      'tsconfig.json': tsconfig({ paths: { '@/*': ['./src/*'] } }),
      'src/inner.ts': PLACE,
      'lambda/place.ts': source,
    });
    expect(analyze(project)).toEqual({ kind: 'handle', needs: orders });
  });

  it.each<[string, object, Files]>([
    ['main', { main: './index.js' }, { 'index.js': BARREL }],
    ['module', { main: './index.cjs', module: './index.mjs' }, { 'index.mjs': BARREL, 'index.cjs': '' }],
    ['exports', { exports: './src/index.ts' }, { 'src/index.ts': BARREL }],
    [
      'conditions of exports',
      { exports: { '.': { require: './no.cjs', import: { types: './x.d.ts', default: './yes.mjs' } } } },
      { 'yes.mjs': BARREL, 'no.cjs': '' },
    ],
  ])('from a workspace package by its %s', (_, manifest, files) => {
    const project = new Project({ 'lambda/place.ts': IMPORTED });
    workspace(manifest, files)(project);
    expect(analyze(project)).toEqual({ kind: 'handle', needs: orders });
  });

  it('from an installed package that uses this library', () => {
    const project = new Project({
      'lambda/place.ts': IMPORTED,
      'node_modules/@acme/rt/package.json':
        '{ "name": "@acme/rt", "type": "module", "exports": "./index.js", "peerDependencies": { "cdk-trellis": "*" } }',
      'node_modules/@acme/rt/index.js': BARREL,
    });
    expect(analyze(project)).toEqual({ kind: 'handle', needs: orders });
  });

  it('from the target of an alias or a condition of the bundle', () => {
    const project = new Project({ 'lambda/place.ts': IMPORTED, 'src/rt.ts': BARREL, 'src/no.ts': '' });
    const alias = { '@acme/rt': project.path('src/rt.ts') };
    expect(analyze(project, 'lambda/place.ts', { alias })).toEqual({ kind: 'handle', needs: orders });
    workspace(
      { exports: { special: './rt.ts', default: './no.ts' } },
      { 'rt.ts': BARREL, 'no.ts': '' },
    )(project);
    expect(analyze(project, 'lambda/place.ts', { conditions: ['special'] })).toEqual({
      kind: 'handle',
      needs: orders,
    });
  });
});

describe('a handler is rejected if its needs are', () => {
  it.each<[string, string, Files]>([
    [
      "in a function of the project's own",
      `import { table } from 'cdk-trellis/runtime';\nimport { logged } from './rt.js';\nexport const handler = logged({ orders: table.readWrite }, ${RUN});`,
      {
        'rt.ts':
          "import { handle } from 'cdk-trellis/runtime';\nexport const logged = (needs, run) => handle({ ...needs }, run);",
      },
    ],
    [
      'behind a function around a handler of another module',
      "import { handler as inner } from './inner.js';\nexport const handler = async (event, context) => inner(event, context);",
      { 'inner.ts': PLACE },
    ],
    [
      'behind a module that is imported when it is called',
      "export const handler = async (event, context) => (await import('./inner.js')).handler(event, context);",
      { 'inner.ts': PLACE },
    ],
    [
      'behind a namespace that is passed on',
      "import * as all from './inner.js';\nexport const handler = choose(all);",
      { 'inner.ts': PLACE },
    ],
    [
      'behind a wrapper that is not called by its name',
      `import { handle, table } from 'cdk-trellis/runtime';\nexport const handler = handle.call(undefined, { orders: table.readWrite }, ${RUN});`,
      {},
    ],
    [
      'behind a class',
      `import { handle, table } from 'cdk-trellis/runtime';\nclass Shop { static place = ${CALL}; }\nexport const handler = Shop.place;`,
      {},
    ],
  ])('%s', (_, source, files) => {
    const project = new Project({ 'lambda/place.ts': source });
    for (const [path, text] of Object.entries(files)) project.write(`lambda/${path}`, text);
    expect(() => analyze(project)).toThrow(
      /lambda\/\w+\.ts:\d+: `handler` must be the result of `handle`, or a middleware around it, got a handler that uses `handle` in another way\./,
    );
  });

  it('those of a job, which has needs regardless of its handler', () => {
    const project = new Project({
      'lambda/place.ts': `import { job } from 'cdk-trellis/runtime';\nconst nightly = job({}, ${RUN});\nexport const handler = async (event, context) => nightly(event, context);`,
    });
    expect(() => analyze(project)).toThrow('got a handler that uses `job` in another way');
  });
});

describe('a plain handler may', () => {
  it.each<[string, string, Files]>([
    [
      'share a module with one that has needs',
      `import { handle, table } from 'cdk-trellis/runtime';\nimport { total } from './total.js';\nexport const place = ${CALL};\nexport const handler = async () => total;`,
      { 'total.ts': 'export const total = 1;' },
    ],
    [
      'use one export of a module that has others',
      "import * as all from './inner.js';\nexport const handler = async () => all.total;",
      { 'inner.ts': `${PLACE}\nexport const total = 1;` },
    ],
    [
      'name types of a module with needs',
      "import type { handler as inner } from './inner.js';\nexport const handler = async (): Promise<typeof inner> => 1;",
      { 'inner.ts': PLACE },
    ],
    [
      'call a handler without needs',
      "import { handler as inner } from './inner.js';\nexport const handler = async (event, context) => inner(event, context);",
      {
        'inner.ts': `import { handle } from 'cdk-trellis/runtime';\nexport const handler = handle({}, ${RUN});`,
      },
    ],
    [
      'take a value out of an object beside handlers',
      `import { handle, table } from 'cdk-trellis/runtime';\nconst { STAGE } = process.env;\nexport const place = ${CALL};\nexport const handler = async () => STAGE;`,
      {},
    ],
  ])('%s', (_, source, files) => {
    const project = new Project({ 'lambda/place.ts': source });
    for (const [path, text] of Object.entries(files)) project.write(`lambda/${path}`, text);
    expect(analyze(project)).toEqual({ kind: 'plain', needs: [] });
  });
});
