import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fencesOf } from '../docs/fences.js';

jest.setTimeout(900_000);

const root = join(__dirname, '../..');
const fences = fencesOf(join(root, 'README.md'));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const tarball = `cdk-trellis-${version}.tgz`;

const parent = mkdtempSync(join(tmpdir(), 'trellis-readme-app-'));
const shop = join(parent, 'shop');
const shell = (commands: string, cwd: string) =>
  execFileSync('bash', ['-ec', commands], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

let up: ChildProcess | undefined;
afterAll(async () => {
  if (up?.exitCode === null) {
    up.kill('SIGINT');
    await once(up, 'exit');
  }
  rmSync(parent, { recursive: true, force: true });
  rmSync(join(root, tarball), { force: true });
});

/** Waits until the local cloud is up. */
async function started(): Promise<void> {
  let printed = '';
  for await (const chunk of up!.stdout!) {
    printed += chunk;
    if (printed.includes('Press Ctrl-C')) return;
  }
  throw new Error(`trellis up ended: ${printed}`);
}

it("the README's commands make an app from nothing, with the packed library as npm installs it, and it responds", async () => {
  const install = fences.find(({ text }) => text.startsWith('npm run pack'))!.text;
  expect(install).toContain(tarball);
  shell(install.replaceAll('../shop', shop), root);
  for (const { info, text } of fences.filter(({ language }) => language === 'ts')) {
    const file = join(shop, info.replace('file=', ''));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  up = spawn(process.execPath, ['node_modules/cdk-trellis/lib/cli/trellis.mjs', 'up'], {
    cwd: shop,
    env: { ...process.env, TRELLIS_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await started();
  const call = fences.find(({ text }) => text.startsWith('curl -s -X POST'))!.text;
  const shown = /^`(\{"name":"Ann","visits":1\})`/m.exec(readFileSync(join(root, 'README.md'), 'utf8'))![1];
  expect(shell(call, shop)).toBe(shown);
});
