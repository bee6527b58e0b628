import { readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callControl } from '../../lib/local/control.js';
import { Emulator } from './emulator.js';

jest.setTimeout(60_000);

let emulator: Emulator;
beforeAll(async () => {
  emulator = await Emulator.start();
}, 60_000);
afterAll(() => emulator?.stop());

const status = async (path: string, init?: RequestInit) =>
  (await fetch(`${emulator.endpoint}${path}`, init)).status;

describe("the emulator's own interface", () => {
  it.each([
    ['GET', '/_trellis/instance'],
    ['POST', '/_trellis/save'],
    ['POST', '/_trellis/edge'],
    ['POST', '/_ministack/reset'],
    ['POST', '/_ministack/config'],
    ['GET', '/_ministack/health'],
    ['GET', '/_ministack/sqs/messages'],
    ['POST', '/%5Fministack/reset'],
  ])('refuses %s %s without the token, or with another one', async (method, path) => {
    expect(await status(path, { method })).toBe(403);
    expect(await status(path, { method, headers: { authorization: 'Bearer guess' } })).toBe(403);
    const { token } = emulator.instance;
    expect(await status(path, { method, headers: { authorization: `Bearer ${token}x` } })).toBe(403);
  });

  it('answers its owner, and says what a request must have', async () => {
    const asked = { timeout: 5_000 };
    const answer = await callControl(emulator.instance, '/_trellis/instance', asked);
    expect(await answer.json()).toEqual({ instance: emulator.instance.instance, pid: emulator.pid });
    const body = { domain: 'd.cloudfront.net' };
    const wrong = await callControl(emulator.instance, '/_trellis/edge', { method: 'POST', body, ...asked });
    expect([wrong.status, await wrong.json()]).toEqual([
      400,
      { message: 'expected {"domain": text, "port": number}' },
    ]);
  });
});

it('keeps what it holds, its log and its temporary files readable by its owner only', async () => {
  await emulator.save();
  const { folder } = emulator.state;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file));
  expect(files.length).toBeGreaterThan(5);
  const scratch = join(tmpdir(), `trellis-${emulator.instance.instance}`);
  const open = [folder, ...files, scratch].filter((file) => statSync(file).mode & 0o077);
  expect(open).toEqual([]);
});
