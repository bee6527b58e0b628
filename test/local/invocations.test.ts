import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { eventually } from '../support/eventually.js';
import { Emulator, inlineFunction } from './emulator.js';
import { roleFor } from './resources.js';

const folder = mkdtempSync(join(tmpdir(), 'trellis-invocations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes its event to a file after four seconds: longer than a save takes. */
const CODE = `exports.handler = async (event) => {
  await new Promise((resolve) => setTimeout(resolve, 4000));
  require('fs').appendFileSync(process.env.FILE, event.text + '\\n');
};`;

function stackOf(file: string) {
  const once = new Date(Date.now() - 60_000).toISOString().slice(0, 19);
  const invoke = [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' }];
  const writer = inlineFunction('Writer', CODE, {
    Environment: { Variables: { FILE: file } },
    Timeout: 30,
  });
  return {
    Resources: {
      ...writer,
      SchedulerRole: roleFor('scheduler', invoke, { RoleName: 'SchedulerRole' }),
      Once: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          ScheduleExpression: `at(${once})`,
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: {
            Arn: { 'Fn::GetAtt': ['Writer', 'Arn'] },
            RoleArn: { 'Fn::GetAtt': ['SchedulerRole', 'Arn'] },
            Input: '{"text":"scheduled"}',
          },
        },
      },
    },
  };
}

/** Returns the work of a function after the end of the emulator, which had accepted an event and fired a schedule. */
async function doneAfter(end: 'kill' | 'stop', without: readonly string[]): Promise<string[]> {
  const file = join(folder, `${end}${without.length}.txt`);
  writeFileSync(file, '');
  const done = () => readFileSync(file, 'utf8').trim().split('\n').filter(Boolean);
  const emulator = await Emulator.start(without);
  try {
    await emulator.deploy('Events', stackOf(file));
    await eventually(done, ({ length }) => length === 1);
    await new LambdaClient(emulator.client).send(
      new InvokeCommand({
        FunctionName: 'Writer',
        InvocationType: 'Event',
        Payload: Buffer.from('{"text":"accepted"}'),
      }),
    );
    if (end === 'kill') {
      await emulator.save();
      await emulator.kill();
    } else await emulator.halt();
    await emulator.restart();
    await eventually(done, ({ length }) => length > 1);
    // The Scheduler looks for due schedules every 10 s.
    await sleep(11_000);
    return done();
  } finally {
    await emulator.stop();
  }
}

it.each(['kill', 'stop'] as const)(
  'after a %s, an event that a function has accepted is handled, and a schedule that fired does not fire again',
  async (end) => {
    expect(await doneAfter(end, [])).toEqual(['scheduled', 'accepted']);
  },
);

it('is still needed', async () => {
  expect(await doneAfter('kill', ['kept_invocations', 'kept_schedules'])).toEqual(['scheduled', 'scheduled']);
});
