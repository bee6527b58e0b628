import {
  CreateActivityCommand,
  DescribeMapRunCommand,
  GetActivityTaskCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { until } from '../../support/eventually.js';
import { Emulator, inlineFunction } from '../emulator.js';
import { Executions } from './executions.js';

let emulator: Emulator;
let executions: Executions;
let queue: string;
let count = 0;

beforeAll(async () => {
  emulator = await Emulator.start();
  executions = await Executions.prepare(emulator);
  const code = `exports.handler = async (event) => {
    await new Promise((resolve) => setTimeout(resolve, event.ms ?? 0));
    if (event.error) throw Object.assign(new Error(event.error), { name: event.error });
    return event;
  };`;
  await emulator.deploy('Language', { Resources: inlineFunction('Echo', code, { Timeout: 60 }) });
  const { QueueUrl } = await new SQSClient(emulator.client).send(
    new CreateQueueCommand({ QueueName: 'Tokens' }),
  );
  queue = QueueUrl!;
});
afterAll(() => emulator?.stop());

type States = Record<string, Record<string, unknown>>;
const machine = (states: States, more: object = {}) => ({
  StartAt: Object.keys(states)[0],
  States: states,
  ...more,
});
const run = (states: States, input: unknown = {}, more: object = {}) =>
  executions.run(`Machine${++count}`, machine(states, more), input);
const begin = async (states: States, input: unknown = {}, more: object = {}) =>
  executions.start(await executions.create(`Machine${++count}`, machine(states, more)), input);

const end = { End: true };
const pass = (more: object = {}) => ({ Type: 'Pass', ...end, ...more });
const echo = (payload: object, more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'Echo', Payload: payload },
  OutputPath: '$.Payload',
  ...end,
  ...more,
});
const callback = (more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
  Parameters: { QueueUrl: queue, MessageBody: { 'token.$': '$$.Task.Token' } },
  ...end,
  ...more,
});
const succeeded = (output: unknown) => ({ status: 'SUCCEEDED', output });
const failed = (error: string) => expect.objectContaining({ status: 'FAILED', error });
const tokens = (arn: string, number: number) =>
  until(async () => {
    const all = await executions.tokens(arn);
    return all.length >= number ? all : undefined;
  });

describe('errors of tasks', () => {
  const caught = { p: pass({ OutputPath: '$.e.Error' }) };
  const fails = (error: string, more: object) => ({ t: echo({ error }, more), ...caught });

  it.concurrent('are retried with the pauses of the retrier, then caught', async () => {
    const arn = await begin(
      fails('Oops', {
        Retry: [
          { ErrorEquals: ['Other'], MaxAttempts: 5 },
          {
            ErrorEquals: ['Oops'],
            IntervalSeconds: 100,
            BackoffRate: 10,
            MaxDelaySeconds: 1,
            MaxAttempts: 2,
            JitterStrategy: 'FULL',
          },
        ],
        Catch: [{ ErrorEquals: ['States.TaskFailed'], ResultPath: '$.e', Next: 'p' }],
      }),
    );
    expect(await executions.end(arn)).toEqual(succeeded('Oops'));
    expect((await executions.types(arn)).filter((type) => type === 'TaskFailed')).toHaveLength(3);
  });

  it.concurrent('are not retried by a later retrier when the first that matches has no attempts', async () => {
    const states = fails('Oops', {
      Retry: [
        { ErrorEquals: ['Oops'], MaxAttempts: 0 },
        { ErrorEquals: ['States.ALL'], MaxAttempts: 3 },
      ],
    });
    const arn = await begin(states);
    expect(await executions.end(arn)).toEqual(failed('Oops'));
    expect((await executions.types(arn)).filter((type) => type === 'TaskFailed')).toHaveLength(1);
  });

  it.concurrent('time out after TimeoutSecondsPath, which States.TaskFailed does not catch', async () => {
    const states = {
      t: echo(
        { ms: 20_000 },
        {
          TimeoutSecondsPath: '$.seconds',
          Catch: [
            { ErrorEquals: ['States.TaskFailed'], Next: 'other' },
            { ErrorEquals: ['States.Timeout'], ResultPath: '$.e', Next: 'p' },
          ],
        },
      ),
      ...caught,
      other: pass(),
    };
    expect(await run(states, { seconds: 1 })).toEqual(succeeded('States.Timeout'));
  });

  it.concurrent('of a wrong path end the execution, whatever is caught', async () => {
    const states = {
      t: {
        ...echo({}),
        Parameters: { FunctionName: 'Echo', Payload: { 'x.$': '$.missing' } },
        Catch: [{ ErrorEquals: ['States.ALL', 'States.Runtime'], Next: 'p' }],
      },
      p: pass(),
    };
    expect(await run(states)).toEqual(failed('States.Runtime'));
  });

  it.concurrent('are given to Output and Assign of a JSONata catcher', async () => {
    const states = {
      t: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Arguments: { FunctionName: 'Echo', Payload: { error: 'Oops' } },
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Assign: { error: '{% $states.errorOutput.Error %}' },
            Output: '{% {"input": $states.input} %}',
            Next: 'p',
          },
        ],
        ...end,
      },
      p: pass({ Output: '{% $merge([$states.input, {"error": $error}]) %}' }),
    };
    expect(await run(states, { a: 1 }, { QueryLanguage: 'JSONata' })).toEqual(
      succeeded({ input: { a: 1 }, error: 'Oops' }),
    );
  });
});

describe('a task token', () => {
  it.concurrent('is of one branch, and returns its response only', async () => {
    const branch = { StartAt: 't', States: { t: callback() } };
    const arn = await begin({ p: { Type: 'Parallel', Branches: [branch, branch, branch], ...end } });
    const all = await tokens(arn, 3);
    expect(new Set(all).size).toBe(3);
    for (const [index, taskToken] of [...all.entries()].reverse()) {
      await executions.client.send(new SendTaskSuccessCommand({ taskToken, output: String(index) }));
    }
    expect(await executions.end(arn)).toEqual(succeeded([0, 1, 2]));
  });

  it.concurrent('is of one attempt: an earlier one has timed out', async () => {
    const arn = await begin({
      t: callback({ Retry: [{ ErrorEquals: ['No'], IntervalSeconds: 1, MaxAttempts: 1 }] }),
    });
    const [first] = await tokens(arn, 1);
    await executions.client.send(
      new SendTaskFailureCommand({ taskToken: first, error: 'No', cause: 'not yet' }),
    );
    const [, second] = await tokens(arn, 2);
    const late = new SendTaskSuccessCommand({ taskToken: first, output: '1' });
    await expect(executions.client.send(late)).rejects.toThrow(
      expect.objectContaining({ name: 'TaskTimedOut' }),
    );
    await executions.client.send(new SendTaskSuccessCommand({ taskToken: second, output: '2' }));
    expect(await executions.end(arn)).toEqual(succeeded(2));
  });

  it.concurrent('must be one, with an output that is JSON', async () => {
    const arn = await begin({ t: callback() });
    const [taskToken] = await tokens(arn, 1);
    const bad = new SendTaskSuccessCommand({ taskToken, output: '{' });
    await expect(executions.client.send(bad)).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidOutput' }),
    );
    const none = new SendTaskSuccessCommand({ taskToken: 'none', output: '{}' });
    await expect(executions.client.send(none)).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidToken' }),
    );
    await executions.client.send(
      new StopExecutionCommand({ executionArn: arn, error: 'Stop', cause: 'enough' }),
    );
    expect(await executions.end(arn)).toEqual({ status: 'ABORTED', error: 'Stop', cause: 'enough' });
    const late = new SendTaskSuccessCommand({ taskToken, output: '{}' });
    await expect(executions.client.send(late)).rejects.toThrow(
      expect.objectContaining({ name: 'TaskTimedOut' }),
    );
  });

  it.concurrent('is kept alive by heartbeats', async () => {
    const arn = await begin({ t: callback({ HeartbeatSeconds: 10 }) });
    const [taskToken] = await tokens(arn, 1);
    for (let beat = 0; beat < 4; beat++) {
      await new Promise((resolve) => setTimeout(resolve, 3000));
      await executions.client.send(new SendTaskHeartbeatCommand({ taskToken }));
    }
    await executions.client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
    expect(await executions.end(arn)).toEqual(succeeded(1));
  });

  it.concurrent('of an activity comes with its task', async () => {
    const { activityArn } = await executions.client.send(new CreateActivityCommand({ name: 'Work' }));
    const arn = await begin(
      { t: { Type: 'Task', Resource: activityArn, TimeoutSeconds: 60, ...end } },
      { a: 1 },
    );
    const { taskToken, input } = await executions.client.send(new GetActivityTaskCommand({ activityArn }));
    await executions.client.send(new SendTaskSuccessCommand({ taskToken, output: input }));
    expect(await executions.end(arn)).toEqual(succeeded({ a: 1 }));
    expect(await executions.types(arn)).toEqual(
      expect.arrayContaining(['ActivityScheduled', 'ActivityStarted', 'ActivitySucceeded']),
    );
  });
});

describe('Map', () => {
  const map = (processor: States, more: object = {}) => ({
    Type: 'Map',
    ItemsPath: '$.items',
    ItemProcessor: machine(processor),
    ...end,
    ...more,
  });

  it.concurrent('runs at most MaxConcurrency items at a time', async () => {
    const arn = await begin(
      { m: map({ w: { Type: 'Wait', Seconds: 1, ...end } }, { MaxConcurrency: 1 }) },
      { items: [1, 2] },
    );
    expect(await executions.end(arn)).toEqual(succeeded([1, 2]));
    const iterations = (await executions.types(arn)).filter((type) => type.startsWith('MapIteration'));
    expect(iterations).toEqual([
      'MapIterationStarted',
      'MapIterationSucceeded',
      'MapIterationStarted',
      'MapIterationSucceeded',
    ]);
  });

  it.concurrent('fails with the first item that fails, and stops the others', async () => {
    const processor = {
      c: { Type: 'Choice', Choices: [{ Variable: '$', StringEquals: 'bad', Next: 'f' }], Default: 'w' },
      f: { Type: 'Fail', Error: 'BadItem' },
      w: { Type: 'Wait', Seconds: 600, ...end },
    };
    const arn = await begin({ m: map(processor) }, { items: ['good', 'bad'] });
    expect(await executions.end(arn)).toEqual(failed('BadItem'));
    expect(await executions.types(arn)).toEqual(
      expect.arrayContaining(['WaitStateAborted', 'MapStateFailed']),
    );
  });

  it.concurrent('bears as many failures as it tolerates, and no more', async () => {
    const states = {
      m: map({ f: { Type: 'Fail', Error: 'BadItem' } }, { ToleratedFailureCount: 2, ResultPath: null }),
    };
    expect(await run(states, { items: [1, 2] })).toEqual(succeeded({ items: [1, 2] }));
    expect(await run(states, { items: [1, 2, 3] })).toEqual(failed('States.ExceedToleratedFailureThreshold'));
  });

  it.concurrent('of a distributed mode reports its items as executions of a Map Run', async () => {
    const processor = machine(
      { p: pass() },
      { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
    );
    const arn = await begin(
      { m: { Type: 'Map', ItemsPath: '$.items', Label: 'Items', ItemProcessor: processor, ...end } },
      { items: ['a', 'b'] },
    );
    expect(await executions.end(arn)).toEqual(succeeded(['a', 'b']));
    const { mapRuns } = await executions.client.send(new ListMapRunsCommand({ executionArn: arn }));
    const { mapRunArn } = mapRuns![0]!;
    const run = await executions.client.send(new DescribeMapRunCommand({ mapRunArn }));
    expect(run).toMatchObject({
      status: 'SUCCEEDED',
      itemCounts: { total: 2, succeeded: 2, running: 0, pending: 0 },
    });
    const items = await executions.client.send(new ListExecutionsCommand({ mapRunArn }));
    expect(items.executions?.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  it.concurrent('of a distributed mode fails by its threshold, which is 0 by default', async () => {
    const processor = machine(
      { f: { Type: 'Fail', Error: 'BadItem' } },
      { ProcessorConfig: { Mode: 'DISTRIBUTED' } },
    );
    const states = { m: { Type: 'Map', ItemsPath: '$.items', ItemProcessor: processor, ...end } };
    expect(await run(states, { items: [1] })).toEqual(failed('States.ExceedToleratedFailureThreshold'));
  });

  it.concurrent('needs an array', async () => {
    expect(await run({ m: map({ p: pass() }) }, { items: { a: 1 } })).toEqual(failed('States.Runtime'));
    expect(await run({ m: map({ p: pass() }) }, { items: [] })).toEqual(succeeded([]));
  });
});

describe('Parallel', () => {
  it.concurrent('has variables of its own in each branch, and gives them the outer ones', async () => {
    const inner = (value: string) => ({
      StartAt: 'a',
      States: {
        a: pass({ Assign: { own: value }, End: undefined, Next: 'b' }),
        b: pass({ Output: '{% $own & $outer %}' }),
      },
    });
    const states = {
      a: pass({ Assign: { outer: '!' }, End: undefined, Next: 'p' }),
      p: { Type: 'Parallel', Branches: [inner('x'), inner('y')], ...end },
    };
    expect(await run(states, {}, { QueryLanguage: 'JSONata' })).toEqual(succeeded(['x!', 'y!']));
  });

  it.concurrent('is retried as a whole, and caught', async () => {
    const states = {
      p: {
        Type: 'Parallel',
        Branches: [
          machine({ f: { Type: 'Fail', Error: 'Bad', CausePath: '$.why' } }),
          machine({ w: { Type: 'Wait', Seconds: 600, ...end } }),
        ],
        Retry: [{ ErrorEquals: ['Bad'], IntervalSeconds: 1, MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.e', Next: 'q' }],
        ...end,
      },
      q: pass(),
    };
    const arn = await begin(states, { why: 'because' });
    expect(await executions.end(arn)).toEqual(
      succeeded({ why: 'because', e: { Error: 'Bad', Cause: 'because' } }),
    );
    expect((await executions.types(arn)).filter((type) => type === 'ParallelStateStarted')).toHaveLength(2);
  });
});

describe('Choice', () => {
  const choose = (rule: object, input: unknown) =>
    run(
      {
        c: { Type: 'Choice', Choices: [{ ...rule, Next: 'yes' }], Default: 'no' },
        yes: pass({ Result: 'yes' }),
        no: pass({ Result: 'no' }),
      },
      input,
    );

  it.concurrent.each([
    [{ Variable: '$.a', NumericGreaterThanEqualsPath: '$.b' }, { a: 2, b: 2 }, 'yes'],
    [{ Variable: '$.a', StringLessThanPath: '$.b' }, { a: 'a', b: 'b' }, 'yes'],
    [
      { Variable: '$.a', TimestampLessThan: '2026-01-01T00:00:00Z' },
      { a: '2025-12-31T23:00:00-00:30' },
      'yes',
    ],
    [{ Variable: '$.a', BooleanEquals: true }, { a: 1 }, 'no'],
    [{ Variable: '$.a', IsNumeric: true }, { a: true }, 'no'],
    [{ Variable: '$.a', IsPresent: true }, { a: null }, 'yes'],
    [{ Variable: '$.a', StringMatches: '*.t\\*t' }, { a: 'file.t*t' }, 'yes'],
    [{ Not: { Variable: '$.a', IsPresent: true } }, {}, 'yes'],
    [
      { And: [{ Variable: '$.a', NumericEquals: 1 }, { Or: [{ Variable: '$.b', IsNull: true }] }] },
      { a: 1, b: null },
      'yes',
    ],
  ])('%j of %j is %s', async (rule, input, chosen) => {
    expect(await choose(rule, input)).toEqual(succeeded(chosen));
  });

  it.concurrent('fails without the value that it compares, and without a rule that matches', async () => {
    expect(await choose({ Variable: '$.a', NumericEquals: 1 }, {})).toEqual(failed('States.Runtime'));
    const states = {
      c: { Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'p' }] },
      p: pass(),
    };
    expect(await run(states, { a: 1 })).toEqual(failed('States.NoChoiceMatched'));
  });
});

describe('values', () => {
  it.concurrent('are kept by Assign in JSONPath, too', async () => {
    const states = {
      a: pass({ Assign: { 'total.$': '$.n', name: 'x' }, OutputPath: '$.n', End: undefined, Next: 'b' }),
      b: pass({ Parameters: { 'total.$': '$total', 'name.$': '$name' } }),
    };
    expect(await run(states, { n: { v: 2 } })).toEqual(succeeded({ total: { v: 2 }, name: 'x' }));
  });

  it.concurrent('of the context are those of the execution, the state and the machine', async () => {
    const states = {
      p: pass({
        Parameters: {
          'name.$': '$$.Execution.Name',
          'input.$': '$$.Execution.Input',
          'state.$': '$$.State.Name',
        },
      }),
    };
    const arn = await begin(states, { a: 1 });
    expect(await executions.end(arn)).toEqual(
      succeeded({ name: arn.split(':').at(-1), input: { a: 1 }, state: 'p' }),
    );
  });
});

describe('starting', () => {
  it.concurrent('a second time by the same name is the first execution while it runs, with the same input', async () => {
    const name = await executions.create('Twice', machine({ w: { Type: 'Wait', Seconds: 600, ...end } }));
    const arn = await executions.start(name, { a: 1 }, 'one');
    expect(await executions.start(name, { a: 1 }, 'one')).toBe(arn);
    const exists = expect.objectContaining({ name: 'ExecutionAlreadyExists' });
    await expect(executions.start(name, { a: 2 }, 'one')).rejects.toThrow(exists);
    await executions.client.send(new StopExecutionCommand({ executionArn: arn }));
    await expect(executions.start(name, { a: 1 }, 'one')).rejects.toThrow(exists);
  });

  it.concurrent('needs JSON and a name that AWS allows', async () => {
    const stateMachineArn = executions.machine(await executions.create('Strict', machine({ p: pass() })));
    const start = (more: object) =>
      executions.client.send(new StartExecutionCommand({ stateMachineArn, ...more }));
    await expect(start({ input: '{' })).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidExecutionInput' }),
    );
    await expect(start({ name: 'a:b' })).rejects.toThrow(expect.objectContaining({ name: 'InvalidName' }));
  });

  it.concurrent('an Express execution waits for its end, and may have the name of another', async () => {
    const name = await executions.create('Quick', machine({ t: echo({ a: 1 }) }), 'EXPRESS');
    const start = () =>
      executions.client.send(
        new StartSyncExecutionCommand({ stateMachineArn: executions.machine(name), name: 'one' }),
      );
    const [one, two] = await Promise.all([start(), start()]);
    expect(one).toMatchObject({ status: 'SUCCEEDED', output: '{"a":1}' });
    expect(two.executionArn).not.toBe(one.executionArn);
    expect(one.executionArn).toContain(':express:Quick:one:');
  });

  it.concurrent('waits for its end of an Express machine only', async () => {
    const name = await executions.create('Slow', machine({ p: pass() }));
    const start = new StartSyncExecutionCommand({ stateMachineArn: executions.machine(name) });
    await expect(executions.client.send(start)).rejects.toThrow(
      expect.objectContaining({ name: 'StateMachineTypeNotSupported' }),
    );
  });
});
