import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Emulator, inlineFunction } from './emulator.js';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'trellis-invocations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes down its event when it has waited a second. */
const CODE = `exports.handler = async (event) => {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  require('fs').appendFileSync(process.env.FILE, event.text + '\\n');
};`;

function stackOf(file: string) {
  const once = new Date(Date.now() - 60_000).toISOString().slice(0, 19);
  const invoke = [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' }];
  const writer = inlineFunction('Writer', CODE, { Environment: { Variables: { FILE: file } } });
  return {
    Resources: {
      ...writer,
      SchedulerRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'SchedulerRole',
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'scheduler.amazonaws.com' },
                Action: 'sts:AssumeRole',
              },
            ],
          },
          Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: invoke } }],
        },
      },
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

/** What a function has done: an event was accepted before the end, and a schedule had fired. */
async function doneAfter(end: 'kill' | 'stop', without: readonly string[]): Promise<string[]> {
  const file = join(folder, `${end}${without.length}.txt`);
  writeFileSync(file, '');
  const done = () => readFileSync(file, 'utf8').trim().split('\n').filter(Boolean);
  const emulator = await Emulator.start(without);
  try {
    await emulator.deploy('Events', stackOf(file));
    for (let waited = 0; waited < 30 && done().length === 0; waited += 0.5) await sleep(500);
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
    // A schedule is looked at every 10 s.
    await sleep(14_000);
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
