import { existsSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withProjectLock } from '../../lib/local/project-lock.js';

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'trellis-lock-')), 'lock');
});

it('runs one after the other, and calls back those that wait', async () => {
  const seen: string[] = [];
  const work = (name: string) => async () => {
    seen.push(`${name} begins`);
    await sleep(30);
    seen.push(`${name} ends`);
  };
  const wait = () => seen.push('waits');
  await Promise.all([
    withProjectLock(file, wait, work('first')),
    withProjectLock(file, wait, work('second')),
  ]);
  expect(seen).toEqual(['first begins', 'waits', 'first ends', 'second begins', 'second ends']);
  expect(existsSync(file)).toBe(false);
});

it('frees the place when the work fails', async () => {
  const failing = async () => {
    throw new Error('failed');
  };
  await expect(withProjectLock(file, () => undefined, failing)).rejects.toThrow('failed');
  expect(existsSync(file)).toBe(false);
});

it('takes over from one who was killed', async () => {
  writeFileSync(file, '');
  utimesSync(file, new Date(0), new Date(0));
  expect(
    await withProjectLock(
      file,
      () => undefined,
      async () => 'done',
    ),
  ).toBe('done');
});

it('can be interrupted while it waits', async () => {
  writeFileSync(file, '');
  const interruption = new AbortController();
  const waiting = withProjectLock(
    file,
    () => interruption.abort(new Error('Interrupted.')),
    async () => 1,
    interruption.signal,
  );
  await expect(waiting).rejects.toThrow('Interrupted.');
  expect(existsSync(file)).toBe(true);
});
