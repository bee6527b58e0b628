import {
  ListExecutionsCommand,
  RedriveExecutionCommand,
  SendTaskSuccessCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { until } from '../../support/eventually.js';
import { Emulator, inlineFunction } from '../emulator.js';
import { Executions } from './executions.js';

let emulator: Emulator;
let executions: Executions;
let queue: string;

beforeAll(async () => {
  emulator = await Emulator.start();
  executions = await Executions.prepare(emulator);
  const bus = {
    Changes: { Type: 'AWS::SQS::Queue' },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['aws.states'], 'detail-type': ['Step Functions Execution Status Change'] },
        Targets: [{ Id: 'queue', Arn: { 'Fn::GetAtt': ['Changes', 'Arn'] } }],
      },
    },
    Policy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Changes' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: '*',
            },
          ],
        },
      },
    },
  };
  const count = `let runs = 0; exports.handler = async ({ works }) => {
    if (++runs <= works) return runs;
    throw new RangeError('no');
  };`;
  const outputs = await emulator.deploy('Redrive', {
    Resources: {
      ...bus,
      ...inlineFunction('Echo', 'exports.handler = async (event) => event;'),
      ...inlineFunction('Count', count),
    },
    Outputs: { Queue: { Value: { Ref: 'Changes' } } },
  });
  queue = outputs.Queue!;
});
afterAll(() => emulator?.stop());

const redrive = (executionArn: string) =>
  executions.client.send(new RedriveExecutionCommand({ executionArn }));
const succeeded = (output: unknown) => ({ status: 'SUCCEEDED', output });

/** Waits for a token that is given to an activity's worker; here it is read from the history. */
const asking = (more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Parameters: { FunctionName: 'Echo', Payload: { 'token.$': '$$.Task.Token' } },
  End: true,
  ...more,
});
const token = (arn: string, number = 1) =>
  until(async () => {
    const all = await executions.tokens(arn);
    return all.length >= number ? all.at(-1) : undefined;
  });

describe('RedriveExecution', () => {
  it('goes on from the state that failed, with its input, and does not repeat what succeeded', async () => {
    await executions.create('Steps', {
      StartAt: 'a',
      States: {
        a: { Type: 'Pass', Result: { a: 1 }, Next: 'b' },
        b: asking({ TimeoutSeconds: 1, ResultPath: '$.b' }),
      },
    });
    const arn = await executions.start('Steps');
    expect(await executions.end(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(await executions.describe(arn)).toMatchObject({ redriveCount: 0, redriveStatus: 'REDRIVABLE' });

    const { redriveDate } = await redrive(arn);
    const taskToken = await token(arn, 2);
    await executions.client.send(new SendTaskSuccessCommand({ taskToken, output: '2' }));
    expect(await executions.end(arn)).toEqual(succeeded({ a: 1, b: 2 }));
    expect(await executions.describe(arn)).toMatchObject({
      redriveCount: 1,
      redriveDate,
      redriveStatus: 'NOT_REDRIVABLE',
    });
    const types = await executions.types(arn);
    expect(types.filter((type) => type === 'PassStateEntered')).toHaveLength(1);
    expect(types).toContain('ExecutionRedriven');
  });

  it('runs only the branches and items that did not succeed', async () => {
    const count = (works: number) => ({
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'Echo', Payload: works },
      OutputPath: '$.Payload',
      End: true,
    });
    await executions.create('Branches', {
      StartAt: 'p',
      States: {
        p: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 's', States: { s: count(1) } },
            {
              StartAt: 'm',
              States: {
                m: {
                  Type: 'Map',
                  ItemsPath: '$.items',
                  MaxConcurrency: 1,
                  ItemProcessor: { StartAt: 't', States: { t: asking() } },
                  End: true,
                },
              },
            },
          ],
          End: true,
        },
      },
    });
    const arn = await executions.start('Branches', { items: [1, 2] });
    const first = await token(arn);
    await executions.reached(arn, 'TaskSucceeded');
    await executions.client.send(new SendTaskSuccessCommand({ taskToken: first, output: '"one"' }));
    await token(arn, 2);
    await executions.client.send(new StopExecutionCommand({ executionArn: arn }));
    expect(await executions.end(arn)).toMatchObject({ status: 'ABORTED' });

    await redrive(arn);
    const third = await token(arn, 3);
    await executions.client.send(new SendTaskSuccessCommand({ taskToken: third, output: '"two"' }));
    expect(await executions.end(arn)).toEqual(succeeded([1, ['one', 'two']]));
  });

  it('counts retries anew', async () => {
    await executions.create('Retries', {
      StartAt: 't',
      States: {
        t: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { FunctionName: 'Count', Payload: { works: 0 } },
          Retry: [{ ErrorEquals: ['RangeError'], IntervalSeconds: 1, MaxAttempts: 1 }],
          End: true,
        },
      },
    });
    const arn = await executions.start('Retries');
    await executions.end(arn);
    await redrive(arn);
    await executions.end(arn);
    expect((await executions.types(arn)).filter((type) => type === 'TaskFailed')).toHaveLength(4);
  });

  it('gives an execution that timed out its whole time again, and survives a restart', async () => {
    await executions.create('Limited', { TimeoutSeconds: 2, StartAt: 't', States: { t: asking() } });
    const arn = await executions.start('Limited');
    expect(await executions.end(arn)).toMatchObject({ status: 'TIMED_OUT' });
    await emulator.save();
    await emulator.kill();
    await emulator.restart();
    await redrive(arn);
    const taskToken = await token(arn, 2);
    await executions.client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
    expect(await executions.end(arn)).toEqual(succeeded(1));
  });

  it('is refused for an execution that runs, succeeded, or is Express', async () => {
    const refused = expect.objectContaining({ name: 'ExecutionNotRedrivable' });
    await executions.create('Waiting', {
      StartAt: 'w',
      States: { w: { Type: 'Wait', Seconds: 600, End: true } },
    });
    const running = await executions.start('Waiting');
    await expect(redrive(running)).rejects.toThrow(refused);
    await executions.create('Done', { StartAt: 's', States: { s: { Type: 'Succeed' } } });
    const done = await executions.start('Done');
    await executions.end(done);
    await expect(redrive(done)).rejects.toThrow(refused);
    await executions.create('Express', { StartAt: 's', States: { s: { Type: 'Fail' } } }, 'EXPRESS');
    const express = await executions.start('Express');
    await expect(redrive(express)).rejects.toThrow(expect.objectContaining({ name: 'InvalidArn' }));
    const unknown = redrive(`${done}-unknown`);
    await expect(unknown).rejects.toThrow(expect.objectContaining({ name: 'ExecutionDoesNotExist' }));
  });
});

it('publishes each change of status of a standard execution', async () => {
  const sqs = new SQSClient(emulator.client);
  const seen: Record<string, string[]> = {};
  await until(async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queue.replace(/:\d+\//, `:${emulator.instance.port}/`),
        MaxNumberOfMessages: 10,
      }),
    );
    for (const { Body } of Messages) {
      const { detail, resources } = JSON.parse(Body!);
      expect(resources).toEqual([detail.executionArn]);
      const machine = detail.stateMachineArn.split(':').at(-1);
      seen[machine] = [
        ...(seen[machine] ?? []),
        `${detail.status} ${detail.redriveCount} ${detail.error ?? '-'}`,
      ];
    }
    return seen.Limited?.length === 4 && seen.Branches?.length === 4 && seen.Done?.length === 2
      ? true
      : undefined;
  });
  expect(seen.Limited!.sort()).toEqual([
    'RUNNING 0 -',
    'RUNNING 1 -',
    'SUCCEEDED 1 -',
    'TIMED_OUT 0 States.Timeout',
  ]);
  expect(seen.Branches!.sort()).toEqual(['ABORTED 0 -', 'RUNNING 0 -', 'RUNNING 1 -', 'SUCCEEDED 1 -']);
  expect(seen).not.toHaveProperty('Express');
});

it('ends the executions of a machine that is deleted at their next state', async () => {
  const stack = (name: string) => ({
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: name,
        RoleArn: 'arn:aws:iam::000000000000:role/Workflows',
        DefinitionString: JSON.stringify({
          StartAt: 't',
          States: { t: asking({ Next: 'p', End: undefined }), p: { Type: 'Succeed' } },
        }),
      },
    },
  });
  await emulator.deploy('Deleted', { Resources: stack('Before') });
  const arn = await executions.start('Before');
  const taskToken = await token(arn);
  await emulator.deploy('Deleted', { Resources: stack('After') }, true);
  await executions.client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
  expect(await executions.end(arn)).toMatchObject({ status: 'ABORTED' });
});

it('lists executions by their status', async () => {
  const { executions: all } = await executions.client.send(
    new ListExecutionsCommand({ stateMachineArn: executions.machine('Done'), statusFilter: 'SUCCEEDED' }),
  );
  expect(all).toHaveLength(1);
});
