import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { hashedFiles } from '../../lib/site/content/hashed-names.js';

const root = join(__dirname, '../..');

/** Builds the site in a separate process, because esbuild does not run in jest's sandbox. */
function build(): { folder: string; page: string } {
  const script = "process.stdout.write(require('./web/build.ts').buildSite())";
  const args = ['--conditions=cdk-trellis-source', '--import', 'tsx', '-e', script];
  const folder = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  return { folder, page: readFileSync(join(folder, 'index.html'), 'utf8') };
}

const { folder, page } = build();
const assets = readdirSync(join(folder, 'assets'));
const sizeOf = (path: string) => gzipSync(readFileSync(join(folder, path))).length;

it('builds the same files from the same sources', () => {
  const again = build();
  expect(again.page).toBe(page);
  expect(readdirSync(join(again.folder, 'assets'))).toEqual(assets);
});

it('names scripts and styles so that browsers cache them for a year', () => {
  const paths = assets.map((name) => `assets/${name}`);
  expect([...hashedFiles(paths)]).toEqual(paths);
});

it('has no inline code that the security policy would block', () => {
  expect(page).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)|\bon[a-z]+="/);
});

it('loads less than 60 KB for the first page, and less than 60 KB more to sign in', () => {
  const first = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => sizeOf(path!));
  expect(first.length).toBeGreaterThan(2);
  expect(first.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000);
  expect(Math.max(...assets.map((name) => sizeOf(`assets/${name}`)))).toBeLessThan(60_000);
});
