import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { localClientConfig } from '../../bin/local-storefront.js';
import { type LocalCloud, startLocalCloud } from '../../lib/local/index.js';
import { until } from '../support/eventually.js';
import { note } from './saga/handlers/job.js';

jest.setTimeout(180_000);

type Machine = 'Steps' | 'Groups' | 'Waits' | 'Express';
type Script = Record<string, string>;

const stateDir = mkdtempSync(join(tmpdir(), 'trellis-saga-'));
let cloud: LocalCloud;
let outputs: Record<string, string>;
let sfn: SFNClient;
let lambda: LambdaClient;
let sqs: SQSClient;
let documents: DynamoDBDocumentClient;
let count = 0;

beforeAll(async () => {
  cloud = await startLocalCloud({ projectDir: join(__dirname, 'saga'), port: 0, stateDir });
  outputs = (await cloud.deploy()).outputs.Sagas as Record<string, string>;
  const config = localClientConfig(cloud);
  sfn = new SFNClient({ ...config, disableHostPrefix: true });
  lambda = new LambdaClient(config);
  sqs = new SQSClient(config);
  documents = DynamoDBDocumentClient.from(new DynamoDBClient(config));
}, 180_000);

afterAll(async () => {
  await cloud?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

const newId = () => `job-${++count}`;

async function start(machine: Machine, script: Script = {}, more: object = {}): Promise<string> {
  const id = newId();
  const input = JSON.stringify({ id, script, ...more });
  await sfn.send(new StartExecutionCommand({ stateMachineArn: outputs[machine]!, name: id, input }));
  return id;
}

const executionArn = (machine: Machine, id: string) =>
  `${outputs[machine]!.replace(':stateMachine:', ':execution:')}:${id}`;

async function item(id: string): Promise<any> {
  const { Item } = await documents.send(new GetCommand({ TableName: outputs.Table!, Key: { id } }));
  return Item;
}

const log = async (id: string): Promise<string[]> => (await item(id))?.log ?? [];
const outcomeOf = async (id: string) => (await item(`outcome of ${id}`))?.outcome;

const token = async (id: string) => (await until(async () => await item(`token of ${id}`))).taskToken;

/** Waits for the end of an execution, and returns its result. */
const end = (machine: Machine, id: string) =>
  until(async () => {
    const arn = executionArn(machine, id);
    const { status, output, error, cause } = await sfn.send(
      new DescribeExecutionCommand({ executionArn: arn }),
    );
    if (status === 'RUNNING') return undefined;
    return status === 'SUCCEEDED' ? { status, output: JSON.parse(output!) } : { status, error, cause };
  });

/** A message that waits for a person, which is left for others to see again at once. */
const waiting = (machine: Machine, id: string) =>
  until(async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: outputs[`${machine}Queue`]!,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
      }),
    );
    return Messages.map(({ Body }) => JSON.parse(Body!)).find(({ execution }) =>
      execution?.split(':').includes(id),
    );
  });

const running = async (machine: Machine, id: string) => {
  const { status } = await sfn.send(
    new DescribeExecutionCommand({ executionArn: executionArn(machine, id) }),
  );
  return status === 'RUNNING';
};

const addNote = (id: string, entry: string) =>
  note({ tableName: outputs.Table!, client: documents as never }, id, entry);

async function invoke(name: string, event: object): Promise<any> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: outputs[name]!, Payload: JSON.stringify(event) }),
  );
  const result = JSON.parse(new TextDecoder().decode(Payload));
  if (FunctionError) throw new Error(result.errorMessage);
  return result;
}

const result = (by: string) => ({ by, list: ['one'], empty: [], nothing: null });

describe('a saga', () => {
  it.concurrent('does its steps, passes their results on unchanged, and delivers the outcome', async () => {
    const id = await start('Steps');
    const outcome = {
      status: 'completed',
      execution: { id: executionArn('Steps', id), name: id, runId: expect.stringMatching(`^${id}@.`) },
      context: {
        input: { id, script: {} },
        reserve: result('reserve'),
        pay: result('pay'),
        confirm: result('confirm'),
      },
    };
    expect(await end('Steps', id)).toEqual({ status: 'SUCCEEDED', output: outcome });
    expect(await outcomeOf(id)).toEqual(outcome);
    expect(await log(id)).toEqual(['reserve', 'pay', 'confirm', 'notify']);
  });

  it.concurrent('undoes what was done when a step is refused, without a retry, the refused step first', async () => {
    const id = await start('Steps', { pay: 'refuse' });
    const { status, output } = await end('Steps', id);
    expect([status, output]).toEqual([
      'SUCCEEDED',
      {
        status: 'undone',
        execution: { id: executionArn('Steps', id), name: id, runId: expect.stringMatching(`^${id}@.`) },
        failedStep: 'pay',
        reason: { kind: 'refused', code: 'no', message: 'pay is refused' },
        context: { input: { id, script: { pay: 'refuse' } }, reserve: result('reserve') },
      },
    ]);
    expect(await outcomeOf(id)).toEqual(output);
    expect(await log(id)).toEqual([
      'reserve',
      'pay',
      'undo pay',
      'undone pay: no result, pay refused',
      'undo reserve',
      'undone reserve: reserve, pay refused',
      'notify',
    ]);
  });

  it.concurrent('retries a failure that passes', async () => {
    const id = await start('Steps', { pay: 'fail once' });
    expect((await end('Steps', id)).output.status).toBe('completed');
    expect(await log(id)).toEqual(['reserve', 'pay', 'pay', 'confirm', 'notify']);
  });

  it.concurrent('is undone, and shows as failed, after a failure that does not pass', async () => {
    const id = await start('Steps', { confirm: 'fail' });
    const { status, error, cause } = await end('Steps', id);
    expect([status, error]).toEqual(['FAILED', 'SagaUndone']);
    expect(JSON.parse(cause!)).toMatchObject({
      failedStep: 'confirm',
      reason: { kind: 'failed', error: 'RangeError', cause: expect.stringContaining('confirm is broken') },
    });
    expect(await outcomeOf(id)).toMatchObject({ status: 'undone', failedStep: 'confirm' });
    expect(await log(id)).toEqual([
      'reserve',
      'pay',
      'confirm',
      'confirm',
      'undo pay',
      'undone pay: pay, confirm failed',
      'undo reserve',
      'undone reserve: reserve, confirm failed',
      'notify',
    ]);
  });

  it.concurrent("runs a step's own undo when it has timed out after its effect", async () => {
    const id = await start('Steps', { pay: 'hang' });
    expect(await end('Steps', id)).toMatchObject({ status: 'FAILED', error: 'SagaUndone' });
    expect((await outcomeOf(id)).reason).toMatchObject({ kind: 'failed', error: 'Sandbox.Timedout' });
    expect(await log(id)).toEqual([
      'reserve',
      'pay',
      'pay',
      'undo pay',
      'undone pay: no result, pay failed',
      'undo reserve',
      'undone reserve: reserve, pay failed',
      'notify',
    ]);
  });

  it.concurrent('refuses a result that Step Functions would end the execution for', async () => {
    const id = await start('Steps', { pay: 'be large' });
    expect((await end('Steps', id)).cause).toContain('must be at most 245760 bytes');
    expect(await log(id)).toContain('undone reserve: reserve, pay failed');
  });

  it.concurrent('refuses a bad input, with what is wrong with it, and begins nothing', async () => {
    const id = newId();
    const input = JSON.stringify({ id: '', script: { pay: 1 } });
    await sfn.send(new StartExecutionCommand({ stateMachineArn: outputs.Steps!, name: id, input }));
    const outcome = {
      status: 'refused',
      execution: { id: executionArn('Steps', id), name: id, runId: expect.stringMatching(`^${id}@.`) },
      reason: {
        kind: 'invalid',
        problems: [
          { path: '.input.id', message: expect.any(String) },
          { path: '.input.script.pay', message: expect.any(String) },
        ],
      },
      context: { input: { id: '', script: { pay: 1 } } },
    };
    expect(await end('Steps', id)).toEqual({ status: 'SUCCEEDED', output: outcome });
    expect(await outcomeOf(id)).toEqual(outcome);
  });
});

describe('an undo that keeps failing', () => {
  it.concurrent('waits for a person, is retried on command, and the saga comes to its end', async () => {
    const id = await start('Steps', { pay: 'refuse', 'undo pay': 'fail until repaired' });
    const message = await waiting('Steps', id);
    expect(message).toMatchObject({
      problem: 'The undo of pay failed at all retries. The execution waits.',
      failure: { error: 'RangeError', cause: expect.stringContaining('undo pay is broken') },
      tryAgain: `aws stepfunctions send-task-success --task-output '{}' --task-token '${message.taskToken}'`,
    });
    expect(await running('Steps', id)).toBe(true);
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: outputs.StepsQueue!,
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    expect(Number(Attributes?.ApproximateNumberOfMessages)).toBeGreaterThan(0);

    await addNote(id, 'repaired');
    await sfn.send(new SendTaskSuccessCommand({ taskToken: message.taskToken, output: '{}' }));
    expect(await end('Steps', id)).toMatchObject({ status: 'SUCCEEDED', output: { status: 'undone' } });
    expect(await log(id)).toEqual([
      'reserve',
      'pay',
      'undo pay',
      'undo pay',
      'repaired',
      'undo pay',
      'undone pay: no result, pay refused',
      'undo reserve',
      'undone reserve: reserve, pay refused',
      'notify',
    ]);
    expect(Object.keys((await outcomeOf(id)).context)).toEqual(['reserve', 'input']);
  });

  it.concurrent('is passed over when a person has done it by hand, and only then', async () => {
    const id = await start('Steps', { pay: 'refuse', 'undo pay': 'fail' });
    const { taskToken, goOnBecauseItIsDoneByHand: command } = await waiting('Steps', id);
    expect(command).toBe(
      `aws stepfunctions send-task-failure --error DoneByHand --task-token '${taskToken}'`,
    );
    await sfn.send(new SendTaskFailureCommand({ taskToken, error: 'DoneByHand' }));
    expect(await end('Steps', id)).toMatchObject({ status: 'SUCCEEDED', output: { status: 'undone' } });
    expect((await log(id)).slice(2)).toEqual([
      'undo pay',
      'undo pay',
      'undo reserve',
      'undone reserve: reserve, pay refused',
      'notify',
    ]);
  });

  it.concurrent('waits also when the outcome cannot be delivered', async () => {
    const id = await start('Steps', { notify: 'fail until repaired' });
    const { problem, taskToken } = await waiting('Steps', id);
    expect(problem).toBe(
      'The delivery of the outcome "Completed" failed at all retries. The execution waits.',
    );
    await addNote(id, 'repaired');
    await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
    const { output } = await end('Steps', id);
    expect(output.status).toBe('completed');
    expect(await outcomeOf(id)).toEqual(output);
  });
});

describe('a saga that is cancelled', () => {
  it.concurrent('is undone before its next step', async () => {
    const id = newId();
    await addNote(id, 'cancelled');
    const input = JSON.stringify({ id, script: {} });
    await sfn.send(new StartExecutionCommand({ stateMachineArn: outputs.Steps!, name: id, input }));
    expect(await end('Steps', id)).toMatchObject({
      status: 'SUCCEEDED',
      output: { status: 'undone', failedStep: 'pay', reason: { kind: 'cancelled' } },
    });
    expect(await log(id)).toEqual([
      'cancelled',
      'reserve',
      'undo reserve',
      'undone reserve: reserve, pay cancelled',
      'notify',
    ]);
  });

  it.concurrent('is undone as well when the check for cancellation fails', async () => {
    const id = await start('Steps', { cancelling: 'fail' });
    expect(await end('Steps', id)).toMatchObject({ status: 'FAILED', error: 'SagaUndone' });
    expect(await log(id)).toEqual([
      'reserve',
      'undo reserve',
      'undone reserve: reserve, pay failed',
      'notify',
    ]);
  });
});

describe('starting by the binding', () => {
  it.concurrent('happens once for a name and an input, while it runs and afterwards', async () => {
    const id = newId();
    const job = { id, script: {}, kind: 'card' };
    await Promise.all([1, 2, 3].map(() => invoke('Start', { name: id, job })));
    await end('Steps', id);
    await invoke('Start', { name: id, job: { kind: 'card', script: {}, id } });
    expect(await log(id)).toEqual(['reserve', 'pay', 'confirm', 'notify']);
  });

  it.concurrent('is refused for a name that stands for another input, a bad name and a bad input', async () => {
    const id = newId();
    await invoke('Start', { name: id, job: { id } });
    await expect(invoke('Start', { name: id, job: { id, kind: 'card' } })).rejects.toThrow(
      `The execution "${id}" was started with another input`,
    );
    await expect(invoke('Start', { name: 'a:b', job: { id } })).rejects.toThrow('must be 1 to 80 letters');
    await expect(invoke('Start', { name: newId(), job: { id: '' } })).rejects.toThrow(
      '"path":["id"]'.slice(0, 7),
    );
  });
});

describe('steps in parallel, and a choice', () => {
  it.concurrent.each([
    ['card', ['card', 'pay'], { card: result('card') }],
    ['invoice', ['confirm', 'pay'], { card: result('confirm') }],
    ['free', ['pay'], {}],
  ])('do what a %s needs', async (kind, entries, more) => {
    const id = await start('Groups', {}, { kind });
    const { output } = await end('Groups', id);
    expect(output.context).toEqual({
      input: { id, script: {}, kind },
      reserve: result('reserve'),
      left: result('left'),
      right: result('right'),
      pay: result('pay'),
      ...more,
    });
    const all = await log(id);
    expect(all.slice(1, 3).sort()).toEqual(['left', 'right']);
    expect(all.slice(3)).toEqual(entries);
  });

  it.concurrent('are all undone when one has failed, after both came to their end', async () => {
    const id = await start('Groups', { left: 'refuse' }, { kind: 'card' });
    expect((await end('Groups', id)).output).toMatchObject({ status: 'undone', failedStep: 'left' });
    const all = await log(id);
    expect(all.slice(0, 3).sort()).toEqual(['left', 'reserve', 'right']);
    expect(all.slice(3)).toEqual([
      'undo right',
      'undone right: right, left refused',
      'undo left',
      'undone left: no result, left refused',
      'undo reserve',
      'undone reserve: reserve, left refused',
    ]);
  });

  it.concurrent('undoes all parallel steps when their results are too large together, each of which fits alone', async () => {
    const script = { left: 'be half as large', right: 'be half as large' };
    const id = await start('Groups', script, { kind: 'card' });
    const { status, error, cause } = await end('Groups', id);
    expect([status, error]).toEqual(['FAILED', 'SagaUndone']);
    expect(JSON.parse(cause!)).toMatchObject({
      failedStep: 'left, right',
      reason: { kind: 'failed', error: 'States.DataLimitExceeded' },
    });
    expect((await log(id)).filter((entry) => entry.startsWith('undone'))).toEqual([
      'undone right: no result, left, right failed',
      'undone left: no result, left, right failed',
      'undone reserve: reserve, left, right failed',
    ]);
  });

  it.concurrent('are all undone when one is broken', async () => {
    const id = await start('Groups', { right: 'fail' }, { kind: 'card' });
    expect(await end('Groups', id)).toMatchObject({ status: 'FAILED', error: 'SagaUndone' });
    expect((await log(id)).filter((entry) => entry.startsWith('undone'))).toEqual([
      'undone right: no result, right failed',
      'undone left: left, right failed',
      'undone reserve: reserve, right failed',
    ]);
  });

  it.concurrent('undo the case that was chosen, and no other', async () => {
    const undone = async (kind: string) => {
      const id = await start('Groups', { pay: 'refuse' }, { kind });
      await end('Groups', id);
      return (await log(id)).filter((entry) => entry.startsWith('undone'));
    };
    expect(await undone('card')).toEqual([
      'undone pay: no result, pay refused',
      'undone card: card, pay refused',
      'undone right: right, pay refused',
      'undone left: left, pay refused',
      'undone reserve: reserve, pay refused',
    ]);
    expect((await undone('invoice'))[1]).toBe('undone right: right, pay refused');
    expect((await undone('free'))[1]).toBe('undone right: right, pay refused');
  });

  it.concurrent('are undone when the value has no case', async () => {
    const id = await start('Groups', {}, { kind: 'barter' });
    const { cause } = await end('Groups', id);
    expect(JSON.parse(cause!)).toEqual({
      failedStep: 'card',
      reason: {
        kind: 'failed',
        error: 'SagaNoCase',
        cause: 'input.kind must be one of card, invoice, free',
      },
    });
    expect((await log(id)).slice(3)).toContain('undone reserve: reserve, card failed');
  });
});

describe('a step that waits for a response', () => {
  it.concurrent('goes on with the response', async () => {
    const id = await start('Waits');
    await invoke('Respond', { token: await token(id), response: { by: 'ann', isApproved: true } });
    const { output } = await end('Waits', id);
    expect(output.context).toMatchObject({ approval: { by: 'ann', isApproved: true }, pay: { by: 'pay' } });
  });

  it.concurrent('is undone after a failure or a timeout, without a new request', async () => {
    const [failed, late] = [await start('Waits'), await start('Waits')];
    await invoke('Respond', { token: await token(failed), cause: 'no reviewer is available' });
    expect(JSON.parse((await end('Waits', failed)).cause!).reason).toMatchObject({
      error: 'SagaResponseFailed',
      cause: 'no reviewer is available',
    });
    expect(JSON.parse((await end('Waits', late)).cause!).reason).toMatchObject({ error: 'States.Timeout' });
    for (const id of [failed, late]) {
      expect(await log(id)).toEqual([
        'reserve',
        'ask',
        'undo reserve',
        'undone reserve: reserve, approval failed',
      ]);
    }
    await expect(invoke('Respond', { token: await token(late), cause: '' })).rejects.toThrow();
  });

  it.concurrent('asks again when asking failed, and is undone when that keeps failing', async () => {
    const id = await start('Waits', { ask: 'fail once' });
    await invoke('Respond', { token: await token(id), response: { by: 'ann', isApproved: false } });
    expect((await end('Waits', id)).output.status).toBe('completed');
    const other = await start('Waits', { ask: 'fail' });
    expect((await end('Waits', other)).error).toBe('SagaUndone');
    expect((await log(other)).slice(1, 3)).toEqual(['ask', 'ask']);
  });

  it.concurrent('rejects a response that does not match the schema', async () => {
    const id = await start('Waits');
    const taskToken = await token(id);
    await expect(invoke('Respond', { token: taskToken, response: { by: 'ann' } })).rejects.toThrow(
      'isApproved',
    );
    expect(await running('Waits', id)).toBe(true);
    await invoke('Respond', { token: taskToken, response: { by: 'ann', isApproved: true } });
    await end('Waits', id);
  });

  it.concurrent('is reported to a person when the execution is stopped', async () => {
    const id = await start('Waits');
    await token(id);
    const arn = executionArn('Waits', id);
    await sfn.send(new StopExecutionCommand({ executionArn: arn }));
    expect(await waiting('Waits', id)).toEqual({
      problem: 'The execution ended as ABORTED, not by a state of the saga. Its effects are not undone.',
      execution: arn,
      goOn: `aws stepfunctions redrive-execution --execution-arn '${arn}'`,
      afterwards: 'Delete this message.',
    });
  });

  it.concurrent('goes on by the command of that message: the step asks again', async () => {
    const id = await start('Waits');
    const before = await token(id);
    const arn = executionArn('Waits', id);
    await sfn.send(new StopExecutionCommand({ executionArn: arn }));
    await sfn.send(new RedriveExecutionCommand({ executionArn: arn }));
    const after = await until(async () => {
      const latest = await token(id);
      return latest === before ? undefined : latest;
    });
    await invoke('Respond', { token: after, response: { by: 'ann', isApproved: true } });
    expect((await end('Waits', id)).output.status).toBe('completed');
    expect(await log(id)).toEqual(['reserve', 'ask', 'ask', 'pay']);
  });
});

describe('the check for stuck executions', () => {
  const check = async () => {
    const { status, error, cause } = await sfn.send(
      new StartSyncExecutionCommand({ stateMachineArn: outputs.StuckCheck! }),
    );
    return { status, error, names: cause?.split(': ')[1]?.split(', ') ?? [] };
  };

  it.concurrent('fails while an execution waits for longer than it may, and names it', async () => {
    const id = await start('Waits');
    const stuck = await until(async () => {
      const found = await check();
      return found.names.includes(id) ? found : undefined;
    });
    expect(stuck).toMatchObject({ status: 'FAILED', error: 'SagaStuck' });
    expect(await running('Waits', id)).toBe(true);
    await invoke('Respond', { token: await token(id), response: { by: 'ann', isApproved: true } });
    await end('Waits', id);
    expect((await check()).names).not.toContain(id);
  });
});

describe('an express saga', () => {
  async function run(script: Script) {
    const id = newId();
    const input = JSON.stringify({ id, script });
    const { status, output, error } = await sfn.send(
      new StartSyncExecutionCommand({ stateMachineArn: outputs.Express!, name: id, input }),
    );
    return { id, status, error, outcome: status === 'SUCCEEDED' ? JSON.parse(output!) : undefined };
  }

  it.concurrent('completes, or is undone', async () => {
    expect((await run({})).outcome.status).toBe('completed');
    const { id, outcome } = await run({ pay: 'refuse' });
    expect(outcome).toMatchObject({ status: 'undone', failedStep: 'pay' });
    expect(outcome).not.toHaveProperty('unfinished');
    expect(await log(id)).toContain('undone reserve: reserve, pay refused');
  });

  it.concurrent('leaves an undo that keeps failing to a person, with all it takes, and goes on with the others', async () => {
    const { id, outcome } = await run({ pay: 'refuse', 'undo pay': 'fail until repaired' });
    expect(outcome).toMatchObject({ status: 'undone', unfinished: ['pay'] });
    expect(await log(id)).toContain('undone reserve: reserve, pay refused');
    const message = await waiting('Express', id);
    await addNote(id, 'repaired');
    await lambda.send(
      new InvokeCommand({ FunctionName: message.function, Payload: JSON.stringify(message.event) }),
    );
    expect(await log(id)).toContain('undone pay: no result, pay refused');
  });
});

it('what ended as the saga ends leaves nothing for a person', async () => {
  const all = await Promise.all(
    (['Steps', 'Groups', 'Waits'] as const).map(async (machine) => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: outputs[`${machine}Queue`]!,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 0,
        }),
      );
      return Messages.map(({ Body }) => JSON.parse(Body!).problem);
    }),
  );
  expect(all.map((problems) => problems.length)).toEqual([3, 0, 2]);
});

it('nothing was denied', () => {
  expect(readFileSync(cloud.denialsFile, 'utf8')).toBe('');
});
