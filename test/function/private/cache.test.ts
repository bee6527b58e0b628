import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as thread from '../../../lib/function/private/bundle-thread.js';
import { codeFolder, logicalIds } from '../lambda.js';
import { oneFunction, Project, removeProjects } from '../project.js';

jest.mock('../../../lib/function/private/bundle-thread.js', () => {
  const actual = jest.requireActual('../../../lib/function/private/bundle-thread.js');
  return { bundleProject: jest.fn(actual.bundleProject), bundleVendors: jest.fn(actual.bundleVendors) };
});
const { bundleProject: project, bundleVendors: vendors } = jest.mocked(thread);

beforeEach(() => jest.clearAllMocks());
afterAll(removeProjects);

const FILES = {
  'lambda/main.ts':
    "import { one } from './one.js'; import { string } from 'zod'; export const handler = async () => string().parse(one);",
  'lambda/one.ts': "export const one = 'one';",
};

/** The bundle of the project's function. */
function synth(shop: Project): string {
  const { app, stack } = oneFunction(shop, './lambda/main.js');
  const assembly = app.synth();
  return readFileSync(
    join(codeFolder(assembly, stack, logicalIds(assembly, stack, 'AWS::Lambda::Function')[0]!), 'index.mjs'),
    'utf8',
  );
}

function cacheFolder(shop: Project): string {
  return shop.path('node_modules/.cache/cdk-trellis');
}

/** A file of the project's bundle in the cache. */
function builtFile(shop: Project): string {
  const store = join(cacheFolder(shop), 'built');
  const files = readdirSync(store).map((name) => join(store, name, 'index.mjs'));
  return files.find((file) => statSync(file, { throwIfNoEntry: false })) as string;
}

describe('the cache', () => {
  it('builds nothing when nothing has changed', () => {
    const shop = new Project(FILES);
    const first = synth(shop);
    jest.clearAllMocks();
    expect(synth(shop)).toBe(first);
    expect([project, vendors].map((mock) => mock.mock.calls.length)).toEqual([0, 0]);
  });

  it('builds again when packages were installed after the lockfile had changed', () => {
    const shop = new Project(FILES);
    synth(shop);
    shop.write('node_modules/.package-lock.json', '{ "packages": { "node_modules/zod": {} } }');
    jest.clearAllMocks();
    synth(shop);
    expect([project, vendors].map((mock) => mock.mock.calls.length)).toEqual([1, 1]);
  });

  it('builds nothing when only times have changed, as after a checkout', () => {
    const shop = new Project(FILES);
    synth(shop);
    utimesSync(shop.path('lambda/one.ts'), new Date(), new Date(Date.now() - 100_000));
    jest.clearAllMocks();
    synth(shop);
    expect(project).not.toHaveBeenCalled();
  });

  it('builds a function again whose imported file has changed, and no layer', () => {
    const shop = new Project(FILES);
    synth(shop);
    shop.write('lambda/one.ts', "export const one = 'two';");
    jest.clearAllMocks();
    expect(synth(shop)).toContain('"two"');
    expect([project, vendors].map((mock) => mock.mock.calls.length)).toEqual([1, 0]);
  });

  it('builds again when the lockfile has changed', () => {
    const shop = new Project(FILES);
    synth(shop);
    shop.write('package-lock.json', '{ "name": "shop", "lockfileVersion": 3, "packages": {} }');
    jest.clearAllMocks();
    synth(shop);
    expect(project).toHaveBeenCalledTimes(1);
  });

  it.each<[string, (shop: Project) => void]>([
    ['the index is cut off', (shop) => damage(shop, (text) => text.slice(0, text.length / 2))],
    ['the index is something else', (shop) => damage(shop, () => '[]')],
    ['a built file was changed', (shop) => writeFileSync(builtFile(shop), 'throw 1;')],
  ])('builds again when %s', (_, harm) => {
    const shop = new Project(FILES);
    const first = synth(shop);
    harm(shop);
    jest.clearAllMocks();
    expect(synth(shop)).toBe(first);
    expect(project).toHaveBeenCalledTimes(1);
  });

  it('serves two processes that fill it at once', () => {
    const shop = new Project(FILES);
    const app = `
      const { App, Stack } = require('aws-cdk-lib/core');
      const { NodeFunction } = require('cdk-trellis');
      const app = new App({ outdir: process.argv[2] });
      new NodeFunction(new Stack(app, 'Shop'), 'Fn', { handler: () => import('./lambda/main.js') });
      app.synth();
      console.log(JSON.stringify(Object.keys(app.synth().manifest.artifacts)));`;
    shop.write('app.ts', app);
    shop.link('node_modules/aws-cdk-lib', join(__dirname, '../../../node_modules/aws-cdk-lib'));
    const run = (name: string) =>
      `node_modules/.bin/tsx --conditions=cdk-trellis-source ${shop.path('app.ts')} ${shop.path(name)}`;
    const both = `(${run('a.out')}) & (${run('b.out')}); wait`;
    const output = execFileSync('sh', ['-c', both], { encoding: 'utf8', cwd: join(__dirname, '../../..') });
    expect(output.trim().split('\n')).toHaveLength(2);
    jest.clearAllMocks();
    synth(shop);
    expect(project).not.toHaveBeenCalled();
  });
});

function indexName(shop: Project): string {
  return readdirSync(cacheFolder(shop)).find((name) => name.endsWith('.json')) as string;
}

function damage(shop: Project, change: (text: string) => string): void {
  const file = join(cacheFolder(shop), indexName(shop));
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
