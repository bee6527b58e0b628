import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { installOnce } from '../../lib/local/tool-cache.js';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'trellis-tools-')), 'tool-1');
});

const writing = (text: string) => async (into: string) => writeFileSync(join(into, 'tool'), text);
const content = () => readFileSync(join(folder, 'tool'), 'utf8');

it('installs once', async () => {
  await installOnce(folder, 'tool', writing('first'));
  await installOnce(folder, 'tool', writing('second'));
  expect(content()).toBe('first');
});

it('leaves nothing behind when an install fails, and installs the next time', async () => {
  const failing = async (into: string) => {
    await writing('half')(into);
    throw new Error('interrupted');
  };
  await expect(installOnce(folder, 'tool', failing)).rejects.toThrow('interrupted');
  expect(readdirSync(dirname(folder))).toEqual([]);
  await installOnce(folder, 'tool', writing('whole'));
  expect(content()).toBe('whole');
});

it('lets two installs run at once', async () => {
  await Promise.all([
    installOnce(folder, 'tool', writing('one')),
    installOnce(folder, 'tool', writing('two')),
  ]);
  expect(['one', 'two']).toContain(content());
  expect(readdirSync(dirname(folder))).toEqual(['tool-1']);
});

it('replaces a folder that was never completed', async () => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'tool'), 'half');
  await installOnce(folder, 'tool', writing('whole'));
  expect(content()).toBe('whole');
  expect(existsSync(join(folder, '.complete'))).toBe(true);
});

it('installs again what was damaged', async () => {
  await installOnce(folder, 'tool', writing('first'));
  rmSync(join(folder, 'tool'));
  await installOnce(folder, 'tool', writing('second'));
  expect(content()).toBe('second');
});
