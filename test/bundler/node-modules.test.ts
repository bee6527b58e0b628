import { oneFunction, Project, removeProjects } from '../support/project.js';
import { filesIn, synthError, synthesized } from '../support/synthesized.js';

afterAll(removeProjects);

const manifest = (name: string, version: string, more = {}) => JSON.stringify({ name, version, ...more });

/** A package that reads its own file, which a bundler omits. */
const READER = {
  'node_modules/reader/package.json': manifest('reader', '1.0.0', {
    dependencies: { left: '1', right: '1' },
  }),
  'node_modules/reader/index.js': `const { readFileSync } = require('node:fs');
    exports.read = () => readFileSync(__dirname + '/data/words.txt', 'utf8') + require('left').name + require('right').name;
    exports.default = 'default';
    Object.defineProperty(exports, '__esModule', { value: true });`,
  'node_modules/reader/data/words.txt': 'words ',
  'node_modules/left/package.json': manifest('left', '1.0.0', { dependencies: { deep: '1' } }),
  'node_modules/left/index.js': "exports.name = 'left' + require('deep').version;",
  'node_modules/right/package.json': manifest('right', '1.0.0', { dependencies: { deep: '2' } }),
  'node_modules/right/index.js': "exports.name = 'right' + require('deep').version;",
  'node_modules/deep/package.json': manifest('deep', '1.0.0'),
  'node_modules/deep/index.js': 'exports.version = 1;',
  'node_modules/right/node_modules/deep/package.json': manifest('deep', '2.0.0'),
  'node_modules/right/node_modules/deep/index.js': 'exports.version = 2;',
};

const bundling = { nodeModules: ['reader'] };
const reading = (source: string) => new Project({ ...READER, 'lambda/main.ts': source });

describe('bundling.nodeModules', () => {
  it('deploys a package as installed, with each version that its dependencies need', () => {
    const project = reading("import { read } from 'reader'; export const handler = async () => read();");
    const { run, layer } = synthesized(project, { bundling });
    expect(run('return handler()')).toBe('words left1right2');
    const files = filesIn(layer).filter((name) => name.endsWith('package.json'));
    expect(files).toEqual([
      'nodejs/v/node_modules/deep/package.json',
      'nodejs/v/node_modules/left/package.json',
      'nodejs/v/node_modules/reader/package.json',
      'nodejs/v/node_modules/right/node_modules/deep/package.json',
      'nodejs/v/node_modules/right/package.json',
      'nodejs/v/package.json',
    ]);
  });

  it('is required for packages that read their own files', () => {
    const project = reading("import { read } from 'reader'; export const handler = async () => read();");
    expect(synthesized(project).run('return handler().catch((error) => error.code)')).toBe('ENOENT');
  });

  it.each([
    ['a default import', "import it from 'reader'; export const handler = async () => it;", 'default'],
    [
      'a namespace',
      "import * as it from 'reader'; export const handler = async () => it.read();",
      'words left1right2',
    ],
    [
      'a dynamic import',
      "export const handler = async () => (await import('reader')).read();",
      'words left1right2',
    ],
    [
      'a name that is a keyword',
      "import { default as it } from 'reader'; export const handler = async () => it;",
      'default',
    ],
  ])('lets it be used by %s', (_, source, expected) => {
    expect(synthesized(reading(source), { bundling }).run('return handler()')).toBe(expected);
  });

  it('supports ES modules', () => {
    const project = new Project({
      'lambda/main.ts': "import it, { name } from 'esm'; export const handler = async () => [it, name];",
      'node_modules/esm/package.json': manifest('esm', '1.0.0', { type: 'module', exports: './index.js' }),
      'node_modules/esm/index.js': "export default 'it'; export const name = 'name';",
    });
    expect(synthesized(project, { bundling: { nodeModules: ['esm'] } }).run('return handler()')).toEqual([
      'it',
      'name',
    ]);
  });

  it('shares the package with bundled packages', () => {
    const project = new Project({
      ...READER,
      'lambda/main.ts':
        "import { read } from 'reader'; import { same } from 'user'; export const handler = async () => same === read;",
      'node_modules/user/package.json': manifest('user', '1.0.0'),
      'node_modules/user/index.js': "exports.same = require('reader').read;",
    });
    expect(synthesized(project, { bundling }).run('return handler()')).toBe(true);
  });

  it('changes no code, only the layer', () => {
    const project = reading("import { read } from 'reader'; export const handler = async () => read();");
    expect(synthesized(project, { bundling }).hash).toBe(synthesized(project).hash);
  });

  it('rejects two copies of a package in a stack', () => {
    const project = new Project({
      ...READER,
      'lambda/main.ts': "import { read } from 'reader'; export const handler = async () => read();",
      'shop/lambda/main.ts': "import { read } from 'reader'; export const handler = async () => read();",
      'shop/node_modules/reader/package.json': manifest('reader', '2.0.0'),
    });
    const { stack } = oneFunction(project, './lambda/main.js', { bundling });
    expect(() => project.add(stack, 'Other', './shop/lambda/main.js', { bundling })).toThrow(
      /must name one copy of a package for all functions of a stack, got reader in .*shop\/node_modules\/reader and, for another function, in .* \(at Shop\/Other\)\. Install one version/,
    );
  });

  it('rejects a package with a missing dependency', () => {
    const project = new Project({
      ...READER,
      'lambda/main.ts': "import { read } from 'reader'; export const handler = async () => read();",
      'node_modules/left/package.json': manifest('left', '1.0.0', { dependencies: { gone: '1' } }),
    });
    expect(synthError(project, { bundling })).toContain(
      'left requires gone, which is not installed (searched from ',
    );
  });
});

it('a package can read its own path, also in a bundle', () => {
  const project = new Project({
    'lambda/main.ts':
      "import { path } from 'asker'; export const handler = async () => [typeof path, typeof __dirname, typeof __filename];",
    'node_modules/asker/package.json': manifest('asker', '1.0.0'),
    'node_modules/asker/index.js': "exports.path = require('node:path').join(__dirname, __filename);",
  });
  expect(synthesized(project).run('return handler()')).toEqual(['string', 'string', 'string']);
});
