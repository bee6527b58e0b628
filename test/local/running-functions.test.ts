import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { correction, pairOfEmulators } from './corrections.js';
import { type Emulator, inlineFunction, type Template } from './emulator.js';
import { roleFor } from './resources.js';

const CAP = 3;
const folder = mkdtempSync(join(tmpdir(), 'trellis-running-'));

process.env.TRELLIS_LOCAL_RUNNING_FUNCTIONS = String(CAP);
const emulators = pairOfEmulators(['measured_scaling']);

afterAll(() => {
  delete process.env.TRELLIS_LOCAL_RUNNING_FUNCTIONS;
  rmSync(folder, { recursive: true, force: true });
});

/** Notes in a file when it begins and ends. */
const CODE = `const { appendFileSync, existsSync } = require('node:fs');
  const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));
  exports.handler = async ({ file, milliseconds, until }) => {
    appendFileSync(file, '+');
    if (until) while (!existsSync(until)) await sleep(50);
    else await sleep(milliseconds);
    appendFileSync(file, '-');
    return 'done';
  };`;

const FUNCTIONS = Array.from({ length: 6 }, (_, n) => `Noting${n}`);

const resources = (): Template =>
  Object.assign({}, ...FUNCTIONS.map((name) => inlineFunction(name, CODE, { Timeout: 20 })));

beforeAll(async () => {
  for (const emulator of [emulators.corrected, emulators.plain])
    await emulator.deploy('Functions', { Resources: resources() });
});

async function sendEvent(emulator: Emulator, FunctionName: string, event: object): Promise<void> {
  const Payload = Buffer.from(JSON.stringify(event));
  const lambda = new LambdaClient(emulator.client);
  await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
}

const notesIn = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const ended = (file: string) => notesIn(file).replaceAll('+', '').length;

async function allEnded(file: string, count: number): Promise<void> {
  for (let attempt = 0; attempt < 900 && ended(file) < count; attempt += 1) await sleep(100);
  expect(ended(file)).toBe(count);
}

function mostAtOnce(notes: string): number {
  let [running, most] = [0, 0];
  for (const note of notes) {
    running += note === '+' ? 1 : -1;
    most = Math.max(most, running);
  }
  return most;
}

correction(
  emulators,
  'measured_scaling',
  'runs few functions at once for events, and all of them in the end',
  async (emulator) => {
    const file = join(mkdtempSync(join(folder, 'events-')), 'notes');
    const names = [...FUNCTIONS, ...FUNCTIONS, ...FUNCTIONS];
    await Promise.all(names.map((name) => sendEvent(emulator, name, { file, milliseconds: 1000 })));
    await allEnded(file, names.length);
    return { few: mostAtOnce(notesIn(file)) <= CAP };
  },
  { few: true },
);

it('serves a request while more events wait than functions may run', async () => {
  const file = join(folder, 'busy');
  const names = [...FUNCTIONS, ...FUNCTIONS];
  await Promise.all(names.map((name) => sendEvent(emulators.corrected, name, { file, milliseconds: 3000 })));
  while (notesIn(file) === '') await sleep(20);
  const request = { file: join(folder, 'request'), milliseconds: 0 };
  expect(await emulators.corrected.invoke('Noting5', request)).toBe('done');
  expect(ended(file)).toBeLessThan(names.length);
  await allEnded(file, names.length);
});

it('goes on when all functions that run wait for the effect of an event', async () => {
  const [file, until] = [join(folder, 'waiting'), join(folder, 'helped')];
  for (const name of FUNCTIONS.slice(0, CAP)) await sendEvent(emulators.corrected, name, { file, until });
  while (notesIn(file).length < CAP) await sleep(20);
  await sendEvent(emulators.corrected, 'Noting5', { file: until, milliseconds: 0 });
  await allEnded(file, CAP);
});

it('goes on when they wait for the effect of an event while requests come and go', async () => {
  const [file, until] = [join(folder, 'steady'), join(folder, 'helped-steady')];
  let ends = false;
  const requests = (async () => {
    const request = { file: join(folder, 'requests'), milliseconds: 0 };
    while (!ends) await emulators.corrected.invoke('Noting4', request);
  })();
  for (const name of FUNCTIONS.slice(0, CAP)) await sendEvent(emulators.corrected, name, { file, until });
  while (notesIn(file).length < CAP) await sleep(20);
  await sendEvent(emulators.corrected, 'Noting4', { file: until, milliseconds: 0 });
  const sent = Date.now();
  while (notesIn(until) === '' && Date.now() - sent < 12_000) await sleep(20);
  ends = true;
  await requests;
  expect(notesIn(until)).not.toBe('');
  await allEnded(file, CAP);
});

it('does not begin what waits when it stops; the next start does it', async () => {
  const file = join(folder, 'stopped');
  const names = [...FUNCTIONS, ...FUNCTIONS, ...FUNCTIONS];
  await Promise.all(names.map((name) => sendEvent(emulators.corrected, name, { file, milliseconds: 700 })));
  while (notesIn(file) === '') await sleep(20);
  const report = await emulators.corrected.halt();
  expect(report).toEqual(expect.objectContaining({ isSaved: true, unfinished: {} }));
  const done = ended(file);
  expect(notesIn(file)).toHaveLength(2 * done);
  expect(done).toBeLessThan(names.length);
  await emulators.corrected.restart();
  await allEnded(file, names.length);
});

it('counts the time of a step from when its function begins', async () => {
  const file = join(folder, 'steps');
  const step = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: 'Noting0', Payload: { file, milliseconds: 700 } },
    Output: '{% $states.result.Payload %}',
    TimeoutSeconds: 3,
    End: true,
  };
  const definition = { QueryLanguage: 'JSONata', StartAt: 'call', States: { call: step } };
  const { Arn: stateMachineArn } = await emulators.corrected.deploy('Steps', {
    Resources: {
      Role: roleFor('states', [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' }]),
      Calls: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
          DefinitionString: JSON.stringify(definition),
        },
      },
    },
    Outputs: { Arn: { Value: { Ref: 'Calls' } } },
  });
  const workflows = new SFNClient(emulators.corrected.client);
  const started = await Promise.all(
    Array.from({ length: 24 }, () => workflows.send(new StartExecutionCommand({ stateMachineArn }))),
  );
  const statuses = await Promise.all(
    started.map(async ({ executionArn }) => {
      for (;;) {
        const { status, output } = await workflows.send(new DescribeExecutionCommand({ executionArn }));
        if (status !== 'RUNNING') return [status, output];
        await sleep(200);
      }
    }),
  );
  expect(statuses).toEqual(started.map(() => ['SUCCEEDED', '"done"']));
});
