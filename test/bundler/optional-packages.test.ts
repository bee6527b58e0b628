import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Stack } from 'aws-cdk-lib/core';
import { oneFunction, Project, removeProjects } from '../support/project.js';
import { synthError, synthesized } from '../support/synthesized.js';

afterAll(removeProjects);

const manifest = (name: string, more = {}) => JSON.stringify({ name, version: '1.0.0', ...more });

/** A package as knex: drivers are loaded on demand, and one of them is installed. */
const QUERY = {
  'node_modules/query/package.json': manifest('query', {
    peerDependenciesMeta: { mysql: { optional: true }, pg: { optional: true } },
  }),
  'node_modules/query/index.js': `
    class Mysql { driver() { return require('mysql'); } }
    const pg = () => require('pg');
    exports.connect = (name) => (name === 'pg' ? pg().name : new Mysql().driver());`,
  'node_modules/pg/package.json': manifest('pg'),
  'node_modules/pg/index.js': "exports.name = 'pg';",
};
const CONNECT = "import { connect } from 'query'; export const handler = async (name) => connect(name);";

/** A package as Nest: nothing is declared, and functions load the modules. */
const FRAME = {
  'node_modules/frame/package.json': manifest('frame'),
  'node_modules/frame/index.js': `
    function load(make) { try { return make(); } catch (error) { return error.code; } }
    exports.start = () => load(() => require('@frame/sockets/module'));`,
};

describe('an optional module of a package', () => {
  it('is resolved at run time if the package declares it', () => {
    const project = new Project({ ...QUERY, 'lambda/main.ts': CONNECT });
    const { run } = synthesized(project);
    expect(run("return handler('pg')")).toBe('pg');
    expect(run("return handler('mysql').catch((error) => error.message.split('\\n')[0])")).toMatch(
      /Cannot find module 'mysql'/,
    );
  });

  it('is resolved at run time if a function of the package loads it', () => {
    const project = new Project({
      ...FRAME,
      'lambda/main.ts': "import { start } from 'frame'; export const handler = async () => start();",
    });
    expect(synthesized(project).run('return handler()')).toBe('MODULE_NOT_FOUND');
  });

  it('causes a warning, also when the layer is in the cache', () => {
    const project = new Project({ ...QUERY, 'lambda/main.ts': CONNECT });
    for (const _ of ['built', 'cached']) {
      const { app, stack } = oneFunction(project, './lambda/main.js');
      app.synth();
      Annotations.fromStack(stack).hasWarning(
        '/Shop/NodeModules',
        Match.stringLikeRegexp(
          'query loads mysql on demand, which is not installed.*\\[ack: cdk-trellis:optionalPackages\\]',
        ),
      );
    }
  });

  it('causes no warning if it is installed', () => {
    const project = new Project({
      'lambda/main.ts': "import { string } from 'zod'; export const handler = async () => string();",
    });
    const { app, stack } = oneFunction(project, './lambda/main.js');
    app.synth();
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });

  it('is deployed, if installed, with a package that is not bundled', () => {
    const project = new Project({ ...QUERY, 'lambda/main.ts': CONNECT });
    const { run } = synthesized(project, { bundling: { nodeModules: ['query'] } });
    expect(run("return handler('pg')")).toBe('pg');
  });
});

describe('an error in a package', () => {
  it('names the functions that use it, and the remedies', () => {
    const project = new Project({
      'lambda/main.ts': "import { one } from 'broken'; export const handler = async () => one;",
      'lambda/other.ts': "import { string } from 'zod'; export const handler = async () => string();",
      'node_modules/broken/package.json': manifest('broken'),
      'node_modules/broken/index.js': "const gone = require('gone/it'); exports.one = gone;",
    });
    const app = project.app();
    const stack = new Stack(app, 'Shop');
    project.add(stack, 'Fn', './lambda/main.js');
    project.add(stack, 'Other', './lambda/other.js');
    expect(() => app.synth()).toThrow(
      'node_modules/broken/index.js:1:22: Could not resolve "gone/it". Install gone, or deploy broken as installed: `bundling: { nodeModules: [\'broken\'] }` (imported by Shop/Fn)',
    );
  });

  it('names the file that uses a CommonJS package as a whole, and the remedy', () => {
    const project = new Project({
      'lambda/main.ts': "import { sign } from './barrel.js'; export const handler = async () => sign;",
      'lambda/barrel.ts': "import * as words from 'words'; export const sign = (name) => words[name];",
      'node_modules/words/package.json': manifest('words'),
      'node_modules/words/index.js': "exports.hi = 'hi';",
    });
    expect(synthError(project)).toMatch(
      /"words" is a CommonJS package, .*: import the names you use .* \(in lambda\/barrel\.ts\)\. Or deploy it as installed: `bundling: \{ nodeModules: \['words'\] \}`\. \(imported by Shop\/Fn\)/,
    );
  });
});

describe('the names of classes and functions', () => {
  it('are preserved, also in packages', () => {
    const project = new Project({
      'lambda/main.ts': `import { QueryFailed, check } from 'query';
        import { Same } from './same.js';
        const named = (function inner() {}).name;
        export const handler = async () => [new QueryFailed().name, check.name, new Same().constructor.name, named];`,
      'lambda/same.ts': 'export class Same {}',
      'node_modules/query/package.json': manifest('query'),
      'node_modules/query/index.js': `
        class Base extends Error { get name() { return this.constructor.name; } }
        class QueryFailed extends Base {}
        exports.QueryFailed = QueryFailed;
        exports.check = function check() {};`,
    });
    expect(synthesized(project).run('return handler()')).toEqual(['QueryFailed', 'check', 'Same', 'inner']);
  });
});
