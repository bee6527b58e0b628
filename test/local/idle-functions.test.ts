import { setTimeout as sleep } from 'node:timers/promises';
import { correction, pairOfEmulators } from './corrections.js';
import { type Emulator, inlineFunction, isRunning, type Template } from './emulator.js';

const FUNCTIONS = Array.from({ length: 5 }, (_, n) => `Idle${n}`);
const settings = { TRELLIS_LOCAL_IDLE_FUNCTIONS: '2', TRELLIS_LOCAL_IDLE_SECONDS: '20' };

Object.assign(process.env, settings);
const emulators = pairOfEmulators(['idle_environments_end']);

afterAll(() => {
  for (const name of Object.keys(settings)) delete process.env[name];
});

async function pidsOf(emulator: Emulator): Promise<number[]> {
  const code = 'exports.handler = async () => process.pid;';
  const functions = FUNCTIONS.map((name) => inlineFunction(name, code));
  const Resources: Template = Object.assign({}, ...functions);
  await emulator.deploy('Idle', { Resources });
  const pids = [];
  for (const name of FUNCTIONS) pids.push(await emulator.invoke(name));
  return pids;
}

correction(
  emulators,
  'idle_environments_end',
  'keeps the environments that served last, and ends those that have been idle for long',
  async (emulator) => {
    const pids = await pidsOf(emulator);
    for (let attempt = 0; attempt < 30 && pids.slice(0, 3).some(isRunning); attempt += 1) await sleep(500);
    const kept = pids.map(isRunning);
    // Environments are examined every 30 s.
    for (let attempt = 0; attempt < 150 && pids.some(isRunning); attempt += 1) await sleep(500);
    return { kept, left: pids.filter(isRunning).length };
  },
  { kept: [false, false, false, true, true], left: 0 },
);

it('starts a function again whose environment has ended', async () => {
  expect(await emulators.corrected.invoke('Idle0')).toEqual(expect.any(Number));
});
