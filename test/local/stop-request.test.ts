import { setTimeout as sleep } from 'node:timers/promises';
import { describeEnd } from '../../lib/local/stop-report.js';
import { describeWork } from '../../lib/local/stop-request.js';
import { Emulator, inlineFunction } from './emulator.js';

jest.setTimeout(60_000);

const CODE =
  'exports.handler = ({ seconds }) => new Promise((resolve) => setTimeout(resolve, seconds * 1000, 1));';

let emulator: Emulator;
beforeAll(async () => {
  process.env.TRELLIS_LOCAL_DRAIN_SECONDS = '4';
  emulator = await Emulator.start();
  await emulator.deploy('Slow', { Resources: inlineFunction('Slow', CODE, { Timeout: 30 }) });
});
afterAll(async () => {
  delete process.env.TRELLIS_LOCAL_DRAIN_SECONDS;
  await emulator?.stop();
});

it('says what a stop waits for, and for how long', async () => {
  const call = emulator.invoke('Slow', { seconds: 3 });
  await sleep(700);
  const lines: string[] = [];
  const report = await emulator.halt((line) => lines.push(line));
  expect(await call).toBe(1);
  expect(lines[0]).toMatch(/^Waiting for .*1 invocation of Slow.* \([1-4] s left\)$/);
  expect(lines[0]).toContain('1 request POST /2015-03-31/functions/Slow/invocations');
  expect(describeEnd(report)).toBe('The local cloud is stopped. Its data is saved for the next start.');
  await emulator.restart();
});

it('says nothing when nothing is under way, and names what did not end in time', async () => {
  const lines: string[] = [];
  await emulator.halt((line) => lines.push(line));
  expect(lines).toEqual([]);
  await emulator.restart();
  const call = emulator.invoke('Slow', { seconds: 20 }).catch((error: Error) => error);
  await sleep(700);
  const report = await emulator.halt();
  expect(report.unfinished).toMatchObject({ 'invocation of Slow': 1 });
  expect(describeEnd(report)).toMatch(/\n.*1 invocation of Slow.* did not end in time: messages, events/);
  await call;
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
