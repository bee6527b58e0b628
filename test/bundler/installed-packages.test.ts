import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import { Stack } from 'aws-cdk-lib/core';
import { SharedLayer } from 'cdk-trellis';
import { Job } from '../../lib/bundler/bundle-thread.js';
import { logicalIds, runInLambda } from '../support/lambda.js';
import { type oneFunction, Project, removeProjects } from '../support/project.js';
import { synthError, synthesized } from '../support/synthesized.js';

const project = jest.spyOn(Job, 'project');
const vendor = jest.spyOn(Job, 'vendor');

beforeEach(() => jest.clearAllMocks());
afterAll(removeProjects);

/** The modification time that npm sets for all files of packages. */
const NPM = new Date('1985-10-26T08:15:00.000Z');

/** Installs files as npm does: removed first, with the same time for all. */
function install(shop: Project, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = shop.path(`node_modules/${path}`);
    mkdirSync(dirname(file), { recursive: true });
    shop.write(`node_modules/${path}.new`, text);
    utimesSync(`${file}.new`, NPM, NPM);
    rmSync(file, { force: true });
    renameSync(`${file}.new`, file);
  }
}

const words = (one: string) => ({
  'words/package.json': '{ "name": "words", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
  'words/index.js': `export const one = '${one}';`,
});

const USER = "import { one } from 'words'; export const handler = async () => one;";

type Options = Parameters<typeof oneFunction>[2];

/** Returns a handler's results before and after a change, with an unchanged lockfile. */
function beforeAndAfter(shop: Project, change: () => void, options: Options = {}): unknown[] {
  const run = () => synthesized(shop, options).run('return handler()');
  const before = run();
  expect(run()).toBe(before);
  change();
  return [before, run()];
}

describe('with an unchanged lockfile, new code is deployed when', () => {
  it('a package was installed again under the same version', () => {
    const shop = new Project({ 'lambda/main.ts': USER });
    install(shop, words('1'));
    expect(beforeAndAfter(shop, () => install(shop, words('2')))).toEqual(['1', '2']);
  });

  it('a file of a package was changed but has the same time', () => {
    const shop = new Project({ 'lambda/main.ts': USER });
    install(shop, words('1'));
    const change = () => {
      shop.write('node_modules/words/index.js', "export const one = '2';");
      utimesSync(shop.path('node_modules/words/index.js'), NPM, NPM);
    };
    expect(beforeAndAfter(shop, change)).toEqual(['1', '2']);
  });

  it('a package exports another file', () => {
    const shop = new Project({ 'lambda/main.ts': USER });
    install(shop, { ...words('1'), 'words/b.js': "export const one = '2';" });
    const change = () =>
      install(shop, {
        'words/package.json':
          '{ "name": "words", "version": "1.0.0", "type": "module", "exports": "./b.js" }',
      });
    expect(beforeAndAfter(shop, change)).toEqual(['1', '2']);
  });

  it('a package that is deployed as installed has changed', () => {
    const shop = new Project({
      'lambda/main.ts': "import { read } from 'reader'; export const handler = async () => read();",
    });
    const reader = (text: string) => ({
      'reader/package.json': '{ "name": "reader", "version": "1.0.0" }',
      'reader/index.js':
        "const fs = require('node:fs'); exports.read = () => fs.readdirSync(__dirname + '/data').map((name) => fs.readFileSync(__dirname + '/data/' + name, 'utf8')).join();",
      'reader/data/a.txt': text,
    });
    install(shop, reader('1'));
    const options = { bundling: { nodeModules: ['reader'] } };
    expect(beforeAndAfter(shop, () => install(shop, reader('2')), options)).toEqual(['1', '2']);
    const added = () => install(shop, { 'reader/data/b.txt': '3' });
    expect(beforeAndAfter(shop, added, options)).toEqual(['2', '2,3']);
  });

  it('the link to a package has another target', () => {
    const shop = new Project({ 'lambda/main.ts': USER });
    for (const one of ['1', '2']) {
      for (const [path, text] of Object.entries(words(one))) shop.write(`copies/${one}/${path}`, text);
    }
    const link = (one: string) =>
      symlinkSync(shop.path(`copies/${one}/words`), shop.path('node_modules/words'));
    link('1');
    const change = () => {
      unlinkSync(shop.path('node_modules/words'));
      link('2');
    };
    expect(beforeAndAfter(shop, change)).toEqual(['1', '2']);
  });

  it('an export of a package becomes a namespace', () => {
    const shop = new Project({
      'lambda/main.ts': "import { all } from 'words'; export const handler = async () => all.one;",
    });
    install(shop, { ...words('1'), 'words/index.js': "export const all = { one: '1' };" });
    const change = () =>
      install(shop, {
        'words/index.js': "export * as all from './all.js';",
        'words/all.js': "export const one = '2'; export const two = 2;",
      });
    expect(beforeAndAfter(shop, change)).toEqual(['1', '2']);
  });

  it('a file of a package is copied next to the code', () => {
    const shop = new Project({
      'lambda/main.ts':
        "import { readFileSync } from 'node:fs'; export const handler = async () => readFileSync(new URL('./data/a.txt', import.meta.url), 'utf8');",
    });
    install(shop, { 'font/data/a.txt': '1' });
    const options = { bundling: { files: { data: shop.path('node_modules/font/data') } } };
    expect(beforeAndAfter(shop, () => install(shop, { 'font/data/a.txt': '2' }), options)).toEqual([
      '1',
      '2',
    ]);
  });

  it('a tsconfig of a package that a project extends has changed', () => {
    const shop = new Project({
      'lambda/main.ts': "import { one } from '@/one'; export const handler = async () => one;",
      'tsconfig.json': '{ "extends": "base/tsconfig.json" }',
      'a/one.ts': "export const one = '1';",
      'b/one.ts': "export const one = '2';",
    });
    const base = (folder: string) => ({
      'base/package.json': '{ "name": "base", "version": "1.0.0" }',
      'base/tsconfig.json': `{ "compilerOptions": { "paths": { "@/*": ["../../${folder}/*"] } } }`,
    });
    install(shop, base('a'));
    expect(beforeAndAfter(shop, () => install(shop, base('b')))).toEqual(['1', '2']);
  });

  it.each(['a package that it imports', 'a file that it watches'])(
    '%s changes the result of a plugin',
    (cause) => {
      const read = cause.includes('watches')
        ? "const word = async () => (await readFile(file, 'utf8')).trim();"
        : "import { one } from 'words'; const word = async () => one;";
      const shop = new Project({
        'lambda/main.ts': "import word from './word.txt'; export const handler = async () => word;",
        'lambda/word.txt': '',
        'plugin.mjs': `import { readFile } from 'node:fs/promises';
        ${read.includes('import') ? read : ''}
        const file = new URL('./node_modules/words/word.txt', import.meta.url).pathname;
        ${read.includes('import') ? '' : read}
        export default { name: 'words', setup(build) {
          build.onLoad({ filter: /word.txt$/ }, async () => ({ contents: await word(), loader: 'text', watchFiles: [${cause.includes('watches') ? 'file' : ''}] }));
        } };`,
      });
      install(shop, { ...words('1'), 'words/word.txt': '1' });
      const options = { bundling: { plugins: [shop.path('plugin.mjs')] } };
      const change = () => install(shop, { ...words('2'), 'words/word.txt': '2' });
      // Node.js loads a package once per process, so that only another process sees the change.
      project.mockClear();
      synthesized(shop, options);
      change();
      synthesized(shop, options);
      expect(project).toHaveBeenCalledTimes(2);
    },
  );

  it('a package of a shared layer has changed', () => {
    const shop = new Project({
      'lambda/main.ts': "import { two } from '@shop/two'; export const handler = async () => two;",
      'layers/two/package.json':
        '{ "name": "@shop/two", "version": "1.0.0", "type": "module", "exports": "./index.ts" }',
      'layers/two/index.ts': "import { one } from 'words'; export const two = one + one;",
    });
    shop.link('node_modules/@shop/two', shop.path('layers/two'));
    install(shop, words('1'));
    const run = () => {
      const app = shop.app();
      const stack = new Stack(app, 'Shop');
      const layers = [SharedLayer.fromPackage(shop.path('layers/two'))];
      shop.add(stack, 'Fn', './lambda/main.js', { layers });
      const assembly = app.synth();
      const [id = ''] = logicalIds(assembly, stack, 'AWS::Lambda::Function');
      return runInLambda(assembly, stack, id, 'return handler()');
    };
    expect(run()).toBe('11');
    install(shop, words('2'));
    expect(run()).toBe('22');
  });
});

describe('no build runs again', () => {
  it('when the same packages were installed again', () => {
    const shop = new Project({ 'lambda/main.ts': USER });
    install(shop, words('1'));
    synthesized(shop);
    jest.clearAllMocks();
    install(shop, words('1'));
    synthesized(shop);
    synthesized(shop);
    expect([project, vendor].map((spy) => spy.mock.calls.length)).toEqual([0, 0]);
  });

  it('when other packages have changed', () => {
    const shop = new Project({ 'lambda/main.ts': USER });
    install(shop, { ...words('1'), 'other/index.js': '1' });
    synthesized(shop);
    jest.clearAllMocks();
    install(shop, { 'other/index.js': '2' });
    synthesized(shop);
    expect([project, vendor].map((spy) => spy.mock.calls.length)).toEqual([0, 0]);
  });
});

/** A client as of Prisma: a package that loads generated code beside it, which loads the package. */
const CLIENT = {
  '@acme/client/package.json': '{ "name": "@acme/client", "version": "1.0.0", "main": "default.js" }',
  '@acme/client/default.js': "module.exports = { ...require('.acme/client/default') };",
  '@acme/client/runtime/library.js': "exports.runtime = 'runtime';",
  '.acme/client/package.json': '{ "name": ".acme/client", "main": "index.js" }',
  '.acme/client/default.js': "module.exports = { ...require('./index.js') };",
};
const models = (list: string) => ({
  '.acme/client/index.js': `const { runtime } = require('@acme/client/runtime/library.js'); exports.models = '${list} ' + runtime;`,
});

describe('a client that is generated into node_modules', () => {
  const using = (specifier: string) =>
    `import { models } from '${specifier}'; export const handler = async () => models;`;

  it.each<[string, string, string[]]>([
    ['by its package', '@acme/client', []],
    ['by itself', '.acme/client', []],
    ['by its package, as installed', '@acme/client', ['@acme/client']],
    ['by itself, as installed', '@acme/client', ['@acme/client', '.acme']],
  ])('is deployed %s, and again after it was generated again', (_, specifier, nodeModules) => {
    const shop = new Project({ 'lambda/main.ts': using(specifier) });
    install(shop, { ...CLIENT, ...models('a') });
    const options = { bundling: { nodeModules } };
    expect(beforeAndAfter(shop, () => install(shop, models('b')), options)).toEqual([
      'a runtime',
      'b runtime',
    ]);
  });

  it('is deployed with the engine that it loads, which must support the platform', () => {
    const shop = new Project({ 'lambda/main.ts': using('@acme/client') });
    install(shop, { ...CLIENT, ...models('a') });
    const engine = Buffer.alloc(64);
    engine.writeUInt32BE(0x7f454c46);
    engine.writeUInt16LE(62, 18);
    shop.write('node_modules/.acme/client/libengine.so.node', engine);
    expect(synthError(shop)).toContain(
      ".acme is native and must have machine code for the function's platform, Linux on arm64; the installed package supports other platforms only. Generate it for that platform, too (with Prisma, set `binaryTargets` of the generator).",
    );
    engine.writeUInt16LE(183, 18);
    shop.write('node_modules/.acme/client/libengine.so.node', engine);
    expect(synthesized(shop).run('return handler()')).toBe('a runtime');
  });
});
