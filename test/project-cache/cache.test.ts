import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib/core';
import { Job } from '../../lib/bundler/bundle-thread.js';
import { Project, removeProjects } from '../support/project.js';
import { synthesized } from '../support/synthesized.js';

/** A file in every dependency layer. */
const MANIFEST = 'nodejs/v/package.json';

const project = jest.spyOn(Job, 'project');
const vendor = jest.spyOn(Job, 'vendor');

beforeEach(() => jest.clearAllMocks());
afterAll(removeProjects);

/** Returns the numbers of functions and layers that were built since the last call. */
function built(): [functions: number, layers: number] {
  const counts: [number, number] = [project.mock.calls.length, vendor.mock.calls.length];
  jest.clearAllMocks();
  return counts;
}

const FILES = {
  'lambda/main.ts':
    "import { one } from './one.js'; import { string } from 'zod'; export const handler = async () => string().parse(one);",
  'lambda/one.ts': "export const one = 'one';",
};

/** Returns the bundle of the project's function. */
const synth = (shop: Project) => synthesized(shop).text;

function cacheFolder(shop: Project): string {
  return shop.path('node_modules/.cache/cdk-trellis');
}

/** Returns the artifacts of the project's function and of its packages in the cache. */
function builtCode(shop: Project): { archive: string; folder: string } {
  const store = join(cacheFolder(shop), 'built');
  const names = readdirSync(store).sort((a, b) => a.length - b.length);
  const [folder = '', archive = ''] = names.map((name) => join(store, name));
  return { archive, folder };
}

describe('the cache', () => {
  it('builds nothing when nothing has changed', () => {
    const shop = new Project(FILES);
    const first = synth(shop);
    expect(built()).toEqual([1, 1]);
    expect(synth(shop)).toBe(first);
    expect(built()).toEqual([0, 0]);
  });

  it('builds nothing when only times have changed, as after a checkout', () => {
    const shop = new Project(FILES);
    synth(shop);
    utimesSync(shop.path('lambda/one.ts'), new Date(), new Date(Date.now() - 100_000));
    built();
    synth(shop);
    expect(built()).toEqual([0, 0]);
  });

  it('builds a function again whose imported file has changed, and no layer', () => {
    const shop = new Project(FILES);
    synth(shop);
    shop.write('lambda/one.ts', "export const one = 'two';");
    built();
    expect(synth(shop)).toContain('"two"');
    expect(built()).toEqual([1, 0]);
  });

  it('keeps the builds of other functions when one fails', () => {
    const shop = new Project(FILES);
    const both = () => {
      const app = shop.app();
      const stack = new Stack(app, 'Shop');
      for (const name of ['main', 'broken']) shop.add(stack, name, `./lambda/${name}.js`);
      return app.synth();
    };
    shop.write('lambda/broken.ts', "import './missing.js'; export const handler = async () => 1;");
    expect(both).toThrow('missing.js');
    expect(built()).toEqual([2, 0]);
    shop.write('lambda/broken.ts', 'export const handler = async () => 1;');
    both();
    expect(built()).toEqual([1, 1]);
  });

  it('does not cache a result whose files were saved during the build', () => {
    const shop = new Project(FILES);
    const later = new Date(Date.now() + 3000);
    utimesSync(shop.path('lambda/one.ts'), later, later);
    synth(shop);
    built();
    synth(shop);
    expect(built()).toEqual([1, 0]);
  });
});

describe('packages are built again', () => {
  const PATCH = '--- a/node_modules/left/index.js\n+++ b/node_modules/left/index.js\n@@ -1 +1 @@\n-1\n+2\n';

  it.each<[string, (shop: Project) => void]>([
    ['the lockfile has changed', (shop) => shop.write('package-lock.json', '{ "lockfileVersion": 3 }')],
    [
      'packages were installed after the lockfile had changed',
      (shop) => shop.write('node_modules/.package-lock.json', '{ "packages": {} }'),
    ],
    ['pnpm has installed', (shop) => shop.write('node_modules/.pnpm/lock.yaml', 'lockfileVersion: 9')],
    ["Yarn's Plug'n'Play has installed", (shop) => shop.write('.pnp.cjs', '')],
    [
      'a patch was added, as of patch-package or pnpm',
      (shop) => shop.write('patches/right+1.0.0.patch', PATCH),
    ],
    ['a patch has changed', (shop) => shop.write('patches/left+1.0.0.patch', `${PATCH} `)],
    ['a patch was applied', (shop) => shop.write('node_modules/left/index.js', '2')],
    ["Yarn's patch has changed", (shop) => shop.write('.yarn/patches/left-npm-1.0.0.patch', PATCH)],
  ])('when %s', (_, change) => {
    const shop = new Project({
      ...FILES,
      'patches/left+1.0.0.patch': PATCH,
      'node_modules/left/index.js': '1',
    });
    synth(shop);
    built();
    synth(shop);
    expect(built()).toEqual([0, 0]);
    change(shop);
    synth(shop);
    expect(built()).toEqual([1, 1]);
  });
});

describe('a function is built again', () => {
  const WORKSPACE = {
    ...FILES,
    'lambda/one.ts': "export { one } from '@shop/words';",
    'tsconfig.json': '{ "extends": ["./config/base", "@shop/config"] }',
    'config/base.json': '{}',
    'packages/words/package.json': '{ "name": "@shop/words", "exports": "./one.js" }',
    'packages/words/one.js': "export const one = 'one';",
    'packages/words/two.js': "export const one = 'two';",
    'packages/config/package.json': '{ "name": "@shop/config" }',
    'packages/config/tsconfig.json': '{ "compilerOptions": { "strict": true } }',
  };

  it.each<[string, string, string]>([
    [
      'when the package.json of a workspace has changed',
      'packages/words/package.json',
      '{ "name": "@shop/words", "exports": "./two.js" }',
    ],
    ['when tsconfig.json has changed', 'tsconfig.json', '{ "extends": "./config/base" }'],
    ['when a tsconfig that it extends has changed', 'config/base.json', '{ "compilerOptions": {} }'],
    ['when a tsconfig of a workspace that it extends has changed', 'packages/config/tsconfig.json', '{}'],
    ['when a folder gets a tsconfig.json', 'lambda/tsconfig.json', '{}'],
    ['when a folder gets a package.json', 'lambda/package.json', '{ "type": "module" }'],
  ])('%s', (_, file, text) => {
    const shop = new Project(WORKSPACE);
    shop.link('node_modules/@shop/words', shop.path('packages/words'));
    shop.link('node_modules/@shop/config', shop.path('packages/config'));
    synth(shop);
    built();
    synth(shop);
    expect(built()).toEqual([0, 0]);
    shop.write(file, text);
    expect(synth(shop)).toContain(file.includes('words') ? '"two"' : '"one"');
    expect(built()[0]).toBe(1);
  });

  describe('that uses a package which is linked from outside the project', () => {
    const linked = () => {
      const other = new Project({
        'package.json': '{ "name": "words", "version": "1.0.0", "main": "./index.js" }',
        'index.js': "export { one } from 'deep'; export const two = 'two';",
        'node_modules/deep/package.json': '{ "name": "deep", "version": "1.0.0" }',
        'node_modules/deep/index.js': "exports.one = 'one';",
      });
      const shop = new Project({
        'lambda/main.ts': "import { one, two } from 'words'; export const handler = async () => [one, two];",
      });
      shop.link('node_modules/words', other.folder);
      return { shop, other };
    };

    it('when the package has changed', () => {
      const { shop, other } = linked();
      synth(shop);
      other.write('index.js', "export { one } from 'deep'; export const two = 'three';");
      expect(synthesized(shop).run('return handler()')).toEqual(['one', 'three']);
    });

    it('when a dependency of the package has changed', () => {
      const { shop, other } = linked();
      synth(shop);
      other.write('node_modules/deep/package.json', '{ "name": "deep", "version": "2.0.0" }');
      other.write('node_modules/deep/index.js', "exports.one = 'new one';");
      expect(synthesized(shop).run('return handler()')).toEqual(['new one', 'two']);
    });

    it('and not otherwise', () => {
      const { shop } = linked();
      synth(shop);
      built();
      synth(shop);
      expect(built()).toEqual([0, 0]);
    });
  });
});

describe('a damaged cache', () => {
  it.each<[string, (shop: Project) => void]>([
    ['the index is truncated', (shop) => damage(shop, (text) => text.slice(0, text.length / 2))],
    ['the index has another type', (shop) => damage(shop, () => '[]')],
    ['the index is empty', (shop) => damage(shop, () => '')],
    [
      'an entry of the index has another type',
      (shop) => damage(shop, (text) => text.replaceAll('"inputs"', '"in"')),
    ],
    ['an archive was changed', (shop) => writeFileSync(builtCode(shop).archive, 'throw 1;')],
    ['an archive was truncated', (shop) => truncateSync(builtCode(shop).archive, 10)],
    ['an archive is gone', (shop) => rmSync(builtCode(shop).archive)],
    ['it is gone', (shop) => rmSync(cacheFolder(shop), { recursive: true })],
  ])('is replaced when %s', (_, harm) => {
    const shop = new Project(FILES);
    const first = synth(shop);
    harm(shop);
    built();
    expect(synth(shop)).toBe(first);
    expect(built()[0]).toBe(1);
    expect(synth(shop)).toBe(first);
    expect(built()).toEqual([0, 0]);
  });

  it.each<[string, (folder: string) => void]>([
    ['a file of a built folder was changed', (folder) => writeFileSync(join(folder, MANIFEST), 'throw 1;')],
    ['a file of a built folder was truncated', (folder) => truncateSync(join(folder, MANIFEST), 5)],
    ['a file of a built folder is gone', (folder) => rmSync(join(folder, MANIFEST))],
    ['a built folder is gone', (folder) => rmSync(folder, { recursive: true })],
  ])('and its layer are replaced when %s', (_, harm) => {
    const shop = new Project(FILES);
    const layer = () => readFileSync(join(synthesized(shop).layer, MANIFEST), 'utf8');
    const first = layer();
    harm(builtCode(shop).folder);
    built();
    expect(layer()).toBe(first);
    expect(built()).toEqual([0, 1]);
    layer();
    expect(built()).toEqual([0, 0]);
  });

  it('reads files again when their recorded times are damaged', () => {
    const shop = new Project(FILES);
    const first = synth(shop);
    writeFileSync(join(cacheFolder(shop), 'files.json'), '{');
    built();
    expect(synth(shop)).toBe(first);
    expect(built()).toEqual([0, 0]);
  });
});

describe('two synths at once', () => {
  it('fill one cache', () => {
    const shop = new Project(FILES);
    const app = `
      const { App, Stack } = require('aws-cdk-lib/core');
      const { NodeFunction } = require('cdk-trellis');
      const app = new App({ outdir: process.argv[2] });
      new NodeFunction(new Stack(app, 'Shop'), 'Fn', { handler: () => import('./lambda/main.js') });
      app.synth();
      console.log(JSON.stringify(Object.keys(app.synth().manifest.artifacts)));`;
    shop.write('app.ts', app);
    shop.link('node_modules/aws-cdk-lib', join(__dirname, '../../node_modules/aws-cdk-lib'));
    const run = (name: string) =>
      `node_modules/.bin/tsx --conditions=cdk-trellis-source ${shop.path('app.ts')} ${shop.path(name)}`;
    const both = `(${run('a.out')}) & (${run('b.out')}); wait`;
    const output = execFileSync('sh', ['-c', both], { encoding: 'utf8', cwd: join(__dirname, '../..') });
    expect(output.trim().split('\n')).toHaveLength(2);
    built();
    synth(shop);
    expect(built()).toEqual([0, 0]);
  });
});

function indexName(shop: Project): string {
  return readdirSync(cacheFolder(shop)).find((name) => name.startsWith('index-')) as string;
}

function damage(shop: Project, change: (text: string) => string): void {
  const file = join(cacheFolder(shop), indexName(shop));
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
