import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Project, removeProjects } from '../support/project.js';
import { filesIn } from '../support/synthesized.js';

afterAll(removeProjects);

const REPOSITORY = join(__dirname, '../..');

const FILES: Record<string, string> = {
  'app.cjs': `
process.umask(Number.parseInt(process.env.MASK, 8));
const { join } = require('node:path');
const { App, Stack } = require('aws-cdk-lib/core');
const { NodeFunction, SharedLayer } = require('cdk-trellis');
const app = new App({ outdir: join(__dirname, 'cdk.out'), analyticsReporting: false });
const layers = [SharedLayer.fromPackage(join(__dirname, 'layers/words'))];
const stack = new Stack(app, 'Shop');
const handlers = { One: () => import('./lambda/one.js'), Two: () => import('./lambda/two.js') };
for (const id of process.env.ORDER.split(' ')) {
  const files = { templates: join(__dirname, 'templates') };
  const bundling = id === 'One' ? { files, nodeModules: ['reader'] } : {};
  new NodeFunction(stack, id, { handler: handlers[id], layers, bundling });
}
app.synth();`,
  'lambda/one.ts': `import { z } from 'zod';
    import { words } from '@shop/words';
    import { read } from 'reader';
    import { shared } from './shared.js';
    export const handler = async () => [z.string().parse(words), shared, read()];`,
  'lambda/two.ts': `import * as z from 'zod';
    import { shared } from './shared.js';
    export const handler = async () => z.email().parse(shared);`,
  'lambda/shared.ts': 'export const shared = __dirname + import.meta.url;',
  'layers/words/package.json': '{ "name": "@shop/words", "exports": { ".": "./index.ts", "./I": "./i.ts" } }',
  'layers/words/index.ts': "export { words } from './i.js';",
  'layers/words/i.ts': "import { string } from 'zod'; export const words = string().parse('words');",
  'node_modules/reader/package.json': '{ "name": "reader", "version": "1.0.0" }',
  'node_modules/reader/index.js': 'exports.read = () => 1;',
  'templates/I.txt': 'I',
  'templates/i2.txt': 'i',
  'templates/ä.txt': 'ä',
  'templates/run.sh': '#!/bin/sh',
};

/**
 * Returns every deployed file with its mode and its content, by path in the assembly; for an archive, the modes of its
 * entries.
 */
function deployed(
  folder: string,
  order: string[],
  environment: Record<string, string>,
): Record<string, string> {
  const project = new Project(Object.fromEntries(order.map((name) => [name, FILES[name] as string])), folder);
  project.link('node_modules/@shop/words', project.path('layers/words'));
  for (const name of ['aws-cdk-lib', 'constructs']) {
    project.link(`node_modules/${name}`, join(REPOSITORY, 'node_modules', name));
  }
  chmodSync(project.path('templates/run.sh'), 0o755);
  const tsx = join(REPOSITORY, 'node_modules/tsx/dist/loader.mjs');
  const args = ['--conditions=cdk-trellis-source', '--import', tsx, 'app.cjs'];
  execFileSync(process.execPath, args, {
    cwd: project.folder,
    env: { PATH: process.env.PATH, CDK_VALIDATION: 'false', ...environment },
  });
  const out = project.path('cdk.out');
  const assets = readdirSync(out).filter((name) => name.startsWith('asset.'));
  const files = assets.flatMap((asset) =>
    asset.endsWith('.zip') ? [asset] : filesIn(join(out, asset)).map((name) => `${asset}/${name}`),
  );
  return Object.fromEntries(
    files.map((name) => {
      const content = readFileSync(join(out, name));
      if (name.endsWith('.zip')) return [name, `${modesIn(content)} ${content.toString('base64')}`];
      const mode = (statSync(join(out, name)).mode & 0o777).toString(8);
      return [name, `${mode} ${content}`];
    }),
  );
}

/**
 * Returns the modes of all files in an archive: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12.
 */
function modesIn(archive: Buffer): string {
  const modes = new Set<string>();
  for (
    let offset = archive.indexOf('PK\x01\x02');
    offset >= 0;
    offset = archive.indexOf('PK\x01\x02', offset + 1)
  ) {
    modes.add(((archive.readUInt32LE(offset + 38) >>> 16) & 0o777).toString(8));
  }
  return [...modes].join(',');
}

it('the same project produces the same bytes in any folder, in any order and under any locale and umask', () => {
  const names = Object.keys(FILES);
  const one = deployed('a', names, { MASK: '022', LC_ALL: 'C', TZ: 'UTC', ORDER: 'One Two' });
  const two = deployed('a much longer folder/ä/b', names.reverse(), {
    MASK: '077',
    LC_ALL: 'tr_TR.UTF-8',
    TZ: 'Asia/Tokyo',
    ORDER: 'Two One',
  });
  expect(two).toEqual(one);
  const modes = Object.entries(one).map(([name, text]) => [name.split('/').at(-1), text.slice(0, 3)]);
  expect(modes.filter(([, mode]) => mode === '755')).toEqual([['run.sh', '755']]);
  expect(modes.filter(([name]) => name?.endsWith('.zip'))).toHaveLength(1);
  expect(modes.filter(([, mode]) => !['644', '755'].includes(mode as string))).toEqual([]);
  expect(Object.values(one).filter((text) => text.includes('trellis-project'))).toEqual([]);
});
