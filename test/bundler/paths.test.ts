import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SharedLayer } from 'cdk-trellis';
import { Job } from '../../lib/bundler/bundle-thread.js';
import { codeFolder, logicalIds } from '../support/lambda.js';
import { oneFunction, Project, removeProjects } from '../support/project.js';
import { synthError, synthesized } from '../support/synthesized.js';

afterAll(removeProjects);

const REPOSITORY = join(__dirname, '../..');

const FILES = {
  'lambda/main.ts': `import { string } from 'zod';
import { greet } from './with space/grüße.js';
import { name } from '@shop/words';
import page from './page.html';
export const handler = async () => [string().parse(greet), name, page];
`,
  'lambda/page.html': 'page',
  'lambda/with space/grüße.ts': "export const greet: string = 'hello';\n",
  'layers/words/package.json': '{ "name": "@shop/words", "type": "module", "exports": "./index.ts" }',
  'layers/words/index.ts': "export const name: string = 'words';\n",
  'files/näme.txt': 'text',
  'tsconfig.lambda.json': '{}',
};

/** Creates a project in a folder of this name, with a layer, files, a plugin and an app. */
function projectIn(name: string, files: Record<string, string> = FILES): Project {
  const project = new Project(files, name);
  project.link('node_modules/@shop/words', project.path('layers/words'));
  project.write(
    'build/plugin.mjs',
    "export default { name: 'page', setup(build) { build.onLoad({ filter: /page\\.html$/ }, () => ({ contents: 'plugin', loader: 'text' })); } };",
  );
  return project;
}

const options = (project: Project) => ({
  layers: [SharedLayer.fromPackage(project.path('layers/words'))],
  bundling: {
    files: { 'copied/näme.txt': project.path('files/näme.txt') },
    plugins: [project.path('build/plugin.mjs')],
    tsconfig: project.path('tsconfig.lambda.json'),
  },
});

describe.each(['with space', 'grüße-日本', 'a#b', "it's", '100%25 %20', 'a&b;c', '(x)[y]{z}', 'a+b@c'])(
  'a project in a folder called "%s"',
  (name) => {
    const project = projectIn(name);

    it('is bundled, runs, and is in the cache afterwards', () => {
      const { run, code } = synthesized(project, options(project));
      expect(run('return handler()')).toEqual(['hello', 'words', 'plugin']);
      expect(readFileSync(join(code, 'copied/näme.txt'), 'utf8')).toBe('text');
      const job = jest.spyOn(Job, 'project');
      synthesized(project, options(project));
      expect(job).not.toHaveBeenCalled();
      job.mockRestore();
    });

    it('is bundled again after a change', () => {
      project.write('lambda/with space/grüße.ts', "export const greet: string = 'bye';\n");
      expect(synthesized(project, options(project)).run('return handler()')).toEqual([
        'bye',
        'words',
        'plugin',
      ]);
    });

    it('has its file names in errors', () => {
      project.write('lambda/with space/grüße.ts', 'export const greet = (;\n');
      expect(synthError(project, options(project))).toContain(
        'lambda/with space/grüße.ts:1:23: Unexpected ";"',
      );
    });
  },
);

describe('an app in a folder with such a name', () => {
  const APP = `
import { App, Stack } from 'aws-cdk-lib/core';
import { NodeFunction } from 'cdk-trellis';
const app = new App({ outdir: process.argv[2] });
const fn = new NodeFunction(new Stack(app, 'Shop'), 'Fn', { handler: () => import('./lambda/main.js') });
app.synth();
console.log(fn.entry);`;

  // tsx itself does not support a question mark in paths of CommonJS.
  it.each([
    ['app.ts', "a #b 100% it's grüße"],
    ['app.mjs', "a #b ?c 100% it's grüße"],
  ])('finds its handlers from %s, whose location in Node.js is a path or a URL', (file, name) => {
    const project = new Project(
      { [file]: APP, 'lambda/main.ts': 'export const handler = async () => 1;' },
      name,
    );
    for (const peer of ['aws-cdk-lib', 'constructs']) {
      project.link(`node_modules/${peer}`, join(REPOSITORY, 'node_modules', peer));
    }
    const tsx = join(REPOSITORY, 'node_modules/tsx/dist/loader.mjs');
    const args = ['--conditions=cdk-trellis-source', '--import', tsx, file, 'cdk.out'];
    const output = execFileSync(process.execPath, args, { cwd: project.folder, encoding: 'utf8' });
    expect(output.trim()).toBe(project.path('lambda/main.ts'));
  });
});

describe('links', () => {
  const HANDLER = "import { one } from './one.js'; export const handler = async () => one;";

  it('to the project lead to the same bundle and the same cache', () => {
    const project = new Project(
      { 'lambda/main.ts': HANDLER, 'lambda/one.ts': 'export const one = 1;' },
      'real',
    );
    const first = synthesized(project).hash;
    const linked = join(project.place, 'linked');
    symlinkSync(project.folder, linked);
    const job = jest.spyOn(Job, 'project');
    const { app, stack, fn } = oneFunction(project, `${linked}/lambda/main.js`);
    const [id = ''] = logicalIds(app.synth(), stack, 'AWS::Lambda::Function');
    expect(fn.entry).toBe(project.path('lambda/main.ts'));
    expect(basename(codeFolder(app.synth(), stack, id))).toBe(first);
    expect(job).not.toHaveBeenCalled();
    job.mockRestore();
  });

  it('in the project are followed, and changes to them are detected', () => {
    const project = new Project({
      'shared/one.ts': 'export const one = 1;',
      'shared/main.ts': HANDLER,
      'lambda/other.ts': '',
    });
    project.link('lambda/main.ts', project.path('shared/main.ts'));
    expect(synthesized(project).run('return handler()')).toBe(1);
    project.write('shared/one.ts', 'export const one = 2;');
    expect(synthesized(project).run('return handler()')).toBe(2);
  });
});

it('Windows line endings produce the same bundle', () => {
  const files = {
    'lambda/main.ts': `import { handle, text } from 'cdk-trellis/runtime';
import { page } from './page.js';
export const handler = handle(
  { name: text() },
  async (_event: unknown, { name }) => page + name,
);
`,
    'lambda/page.ts': 'export const page = `<p>\n  page\n</p>`;\n',
  };
  const windows = Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, text.replaceAll('\n', '\r\n')]),
  );
  const [unix, other] = [files, windows].map((sources) => {
    const { code, text } = synthesized(new Project(sources), { bind: { name: 'x' } });
    return { text, name: basename(code) };
  });
  expect(other).toEqual(unix);
});
