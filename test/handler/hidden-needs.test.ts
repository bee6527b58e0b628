import { Stack } from 'aws-cdk-lib/core';
import { HandlerFunction } from 'cdk-trellis';
import { logicalIds, runInLambda, templateOf } from '../support/lambda.js';
import { Project, removeProjects } from '../support/project.js';
import { synthError, synthesized } from '../support/synthesized.js';

afterAll(removeProjects);

const RUN = 'async () => 1';

/** An installed CommonJS package, whose names synth cannot read. */
const KIT = {
  'node_modules/@acme/kit/package.json':
    '{ "name": "@acme/kit", "version": "1.0.0", "main": "index.js", "dependencies": { "cdk-trellis": "*" } }',
  'node_modules/@acme/kit/index.js':
    "const { handle, text } = require('cdk-trellis/runtime'); exports.logged = (run) => handle({ topic: text() }, run); exports.plain = 1;",
};

describe('a handler without needs is rejected if its bundle has a wrapper', () => {
  it.each<[string, string, Record<string, string>, string]>([
    [
      'of a CommonJS package',
      `import { logged } from '@acme/kit';\nexport const handler = logged(${RUN});`,
      KIT,
      '`@acme/kit`',
    ],
    [
      'through a package that does not declare this library',
      `import { logged } from '@acme/outer';\nexport const handler = logged(${RUN});`,
      {
        ...KIT,
        'node_modules/@acme/outer/package.json':
          '{ "name": "@acme/outer", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
        'node_modules/@acme/outer/index.js': "export { logged } from '@acme/kit';",
      },
      '`@acme/outer`',
    ],
    [
      'by a namespace that is passed on',
      `import * as rt from 'cdk-trellis/runtime';\nconst made = (all) => all['han' + 'dle']({ a: all.text() }, ${RUN});\nexport const handler = made(rt);`,
      {},
      '`cdk-trellis/runtime`',
    ],
    [
      'by a module of CommonJS',
      "import inner from './inner.cjs';\nexport const handler = inner.handler;",
      {
        'lambda/inner.cjs': "exports.handler = require('./real.mjs').handler;",
        'lambda/real.mjs': `import { handle, text } from 'cdk-trellis/runtime';\nexport const handler = handle({ a: text() }, ${RUN});`,
      },
      'lambda/inner.cjs`,',
    ],
  ])('%s', (_, source, files, by) => {
    const error = synthError(new Project({ 'lambda/main.ts': source, ...files }));
    expect(error).toMatch(/^`handler` must declare its needs in its source, got .*`handle`/);
    expect(error).toContain(by);
    expect(error).toMatch(/lambda\/main\.ts, at Shop\/Fn\)\. Write `export const handler = handle\(/);
  });

  it('of a module that only a plugin resolves', () => {
    const project = new Project({
      'lambda/main.ts': "export { handler } from 'virtual:place';",
      'build/plugin.mjs': `export default { name: 'virtual', setup(build) {
        build.onResolve({ filter: /^virtual:/ }, ({ path }) => ({ path, namespace: 'virtual' }));
        build.onLoad({ filter: /.*/, namespace: 'virtual' }, () => ({
          contents: "import { handle, text } from 'cdk-trellis/runtime'; export const handler = handle({ a: text() }, ${RUN});",
          resolveDir: import.meta.dirname,
        }));
      } };`,
    });
    const plugins = [project.path('build/plugin.mjs')];
    expect(synthError(project, { bundling: { plugins } })).toContain(
      'imported through `virtual:place`, where synth cannot read the needs',
    );
  });

  it('also when its bundle is in the cache', () => {
    const project = new Project({
      'lambda/main.ts': `import { logged } from '@acme/kit';\nexport const handler = logged(${RUN});`,
      ...KIT,
    });
    expect(synthError(project)).toContain('must declare its needs');
    expect(synthError(project)).toContain('must declare its needs');
  });
});

describe('a handler without needs may', () => {
  it('share its module with one that has needs, and use packages', () => {
    const project = new Project({
      'lambda/main.ts': `import { string } from 'zod';
        import { handle, text } from 'cdk-trellis/runtime';
        export const place = handle({ a: text() }, ${RUN});
        export const handler = async () => string().parse('x');`,
    });
    expect(synthesized(project).run('return handler()')).toBe('x');
  });

  it('use a package that has wrappers for others', () => {
    const project = new Project({
      'lambda/main.ts': "import { plain } from '@acme/esm';\nexport const handler = async () => plain;",
      'node_modules/@acme/esm/package.json':
        '{ "name": "@acme/esm", "version": "1.0.0", "type": "module", "exports": "./index.js", "sideEffects": false, "dependencies": { "cdk-trellis": "*" } }',
      'node_modules/@acme/esm/index.js':
        "import { handle, text } from 'cdk-trellis/runtime'; export const logged = (run) => handle({ a: text() }, run); export const plain = 1;",
    });
    expect(synthesized(project).run('return handler()')).toBe(1);
  });
});

it('a function has the permissions of a handler whose wrapper is in a package of the project', () => {
  const project = new Project({
    'lambda/main.ts': `import { job } from '@acme/rt';\nexport const handler = job({}, ${RUN});`,
    'packages/rt/package.json':
      '{ "name": "@acme/rt", "version": "1.0.0", "type": "module", "exports": "./index.ts" }',
    'packages/rt/index.ts': "export * from 'cdk-trellis/runtime';",
  });
  project.link('node_modules/@acme/rt', project.path('packages/rt'));
  const app = project.app();
  const stack = new Stack(app, 'Shop');
  project.add(stack, 'Fn', './lambda/main.js');
  const assembly = app.synth();
  const [id = ''] = logicalIds(assembly, stack, 'AWS::Lambda::Function');
  expect(templateOf(assembly, stack).Resources[id].Properties.Environment.Variables).toHaveProperty(
    'RUNS_IDEMPOTENCY',
  );
});

it('an analysis runs again when the target of an alias has changed', () => {
  const barrel = "export { job as wrap } from 'cdk-trellis/runtime';";
  const tsconfig = (folder: string) =>
    JSON.stringify({ compilerOptions: { paths: { '@/*': [`./${folder}/*`] } } });
  const project = new Project({
    'lambda/main.ts': `import { wrap } from '@/rt';\nexport const handler = wrap({}, ${RUN});`,
    'one/rt.ts': barrel,
    'two/rt.ts': barrel.replace('job', 'handle'),
    'tsconfig.json': tsconfig('one'),
  });
  const variables = () => {
    const app = project.app();
    const stack = new Stack(app, 'Shop');
    const { kind } = project.add(stack, 'Fn', './lambda/main.js').analysis;
    app.synth();
    return kind;
  };
  expect(variables()).toBe('job');
  project.write('tsconfig.json', tsconfig('two'));
  expect(variables()).toBe('handle');
});

it('a handler of a library that is compiled to CommonJS is bundled from its sources, with its needs', () => {
  const folder = 'node_modules/@acme/constructs';
  const project = new Project({
    [`${folder}/package.json`]: '{ "name": "@acme/constructs", "version": "1.0.0" }',
    [`${folder}/lib/index.js`]: "module.exports = (make) => make(() => import('./place.js'));",
    [`${folder}/lib/place.js`]: '"use strict";\nexports.handler = 1;\n//# sourceMappingURL=place.js.map\n',
    [`${folder}/lib/place.js.map`]: '{ "version": 3, "sources": ["../src/place.ts"] }',
    [`${folder}/src/place.ts`]: `import { handle, text } from 'cdk-trellis/runtime';
      import { one } from './one.js';
      export const handler = handle({ stage: text() }, async (_: unknown, { stage }) => stage + one);`,
    [`${folder}/src/one.ts`]: "export const one: string = '1';",
  });
  const deployed = () => {
    const app = project.app();
    const stack = new Stack(app, 'Shop');
    const make = require(project.path(`${folder}/lib/index.js`));
    make(
      (handler: () => Promise<unknown>) =>
        new HandlerFunction(stack, 'Fn', { sharesBindings: true, handler, bind: { stage: 'beta' } }),
    );
    const assembly = app.synth();
    const [id = ''] = logicalIds(assembly, stack, 'AWS::Lambda::Function');
    const { Variables } = templateOf(assembly, stack).Resources[id].Properties.Environment;
    return runInLambda(assembly, stack, id, 'return handler()', Variables);
  };
  expect(deployed()).toBe('beta1');
  project.write(`${folder}/src/one.ts`, "export const one: string = '2';");
  expect(deployed()).toBe('beta2');
});
