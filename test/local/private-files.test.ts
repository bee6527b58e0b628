import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProjectState } from '../../lib/local/project-state.js';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'trellis-state-')), '.trellis');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const mode = (...path: string[]) => (statSync(join(folder, ...path)).mode & 0o777).toString(8);

it('the folder of a local cloud is readable by its owner only, and ignored by Git', () => {
  const state = new ProjectState(folder);
  state.write({
    instance: 'i',
    pid: 1,
    port: 1,
    startedAt: '',
    token: 'secret',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
  });
  expect([mode(), mode('data'), mode('state.json')]).toEqual(['700', '700', '600']);
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
});

it("the folder of an earlier version is closed with its files, but not the assembly's, which are links", () => {
  mkdirSync(join(folder, 'data/cognito-pool-keys'), { recursive: true });
  mkdirSync(join(folder, 'cdk.out'));
  for (const file of ['data/cognito-pool-keys/key.pem', 'cdk.out/asset.zip']) {
    writeFileSync(join(folder, file), '');
    chmodSync(join(folder, file), 0o644);
  }
  chmodSync(folder, 0o755);
  new ProjectState(folder);
  expect([mode('data/cognito-pool-keys'), mode('data/cognito-pool-keys/key.pem')]).toEqual(['700', '600']);
  expect([mode('cdk.out'), mode('cdk.out/asset.zip')]).toEqual(['700', '644']);
});

it("an ignore file of the user's own is kept", () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '.gitignore'), 'mine\n');
  new ProjectState(folder);
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('mine\n');
});
