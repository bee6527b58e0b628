import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeEnd } from '../../lib/local/stop-report.js';
import { describeWork } from '../../lib/local/stop-request.js';
import { eventually } from '../support/eventually.js';
import { Emulator, inlineFunction } from './emulator.js';

const CODE = `exports.handler = ({ seconds, begun }) => {
  require('fs').writeFileSync(begun, '');
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000, 1));
};`;

let emulator: Emulator;
beforeAll(async () => {
  process.env.TRELLIS_LOCAL_DRAIN_SECONDS = '15';
  emulator = await Emulator.start();
  await emulator.deploy('Slow', { Resources: inlineFunction('Slow', CODE, { Timeout: 90 }) });
});
afterAll(async () => {
  delete process.env.TRELLIS_LOCAL_DRAIN_SECONDS;
  await emulator?.stop();
});

/** Begins an invocation that takes this long; it is under way when this returns. */
async function begin(seconds: number) {
  const begun = join(emulator.state.dataDir, `begun-${seconds}`);
  const result = emulator.invoke('Slow', { seconds, begun }).catch((error: Error) => error);
  await eventually(() => existsSync(begun), Boolean);
  return { result };
}

it('reports what a stop waits for, and for how long', async () => {
  const call = await begin(3);
  const lines: string[] = [];
  const report = await emulator.halt((line) => lines.push(line));
  expect(await call.result).toBe(1);
  expect(lines[0]).toMatch(/^Waiting for .*1 invocation of Slow.* \(\d+ s left\)$/);
  expect(lines[0]).toContain('1 request POST /2015-03-31/functions/Slow/invocations');
  expect(describeEnd(report)).toBe('The local cloud is stopped. Its data is saved for the next start.');
  await emulator.restart();
});

it('reports nothing when nothing is under way, and names what did not end in time', async () => {
  const lines: string[] = [];
  await emulator.halt((line) => lines.push(line));
  expect(lines).toEqual([]);
  await emulator.restart();
  const call = await begin(60);
  const report = await emulator.halt();
  expect(report.unfinished).toMatchObject({ 'invocation of Slow': 1 });
  expect(describeEnd(report)).toMatch(/\n.*1 invocation of Slow.* did not end in time: messages, events/);
  await call.result;
  await emulator.restart();
});

describe('work under way in words', () => {
  it('has the most frequent first, and few kinds', () => {
    const work = { 'invocation of Pay': 1, 'execution of OrderSaga': 2, 'batch from Jobs': 2 };
    expect(describeWork(work)).toBe('2 executions of OrderSaga, 2 batches from Jobs and 1 invocation of Pay');
    const many = Object.fromEntries(Array.from({ length: 7 }, (_, n) => [`invocation of F${n}`, 1]));
    expect(describeWork(many)).toBe(
      '1 invocation of F0, 1 invocation of F1, 1 invocation of F2, 1 invocation of F3 and 3 more',
    );
    expect(describeWork({ 'execution of OrderSaga': 1 })).toBe('1 execution of OrderSaga');
    expect(describeWork({})).toBe('');
  });
});
