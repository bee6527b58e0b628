import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateActivityCommand, GetActivityTaskCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { stopEmulator } from '../../../lib/local/emulator.js';
import { until } from '../../support/eventually.js';
import { Emulator, inlineFunction, type Template } from '../emulator.js';
import { Executions } from './executions.js';

jest.setTimeout(180_000);

/** Counts its runs for an id. The first run hangs, or fails. */
const COUNTING = `
  const { DynamoDBClient, UpdateItemCommand } = require('@aws-sdk/client-dynamodb');
  const db = new DynamoDBClient({});
  exports.handler = async ({ id, first, token }) => {
    const { Attributes } = await db.send(new UpdateItemCommand({
      TableName: 'Runs',
      Key: { id: { S: id } },
      UpdateExpression: 'ADD runs :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ReturnValues: 'ALL_NEW',
    }));
    const runs = Number(Attributes.runs.N);
    if (runs === 1 && first === 'fails') throw new RangeError('the first run fails');
    const pause = first === 'takes two seconds' ? 2000 : 90_000;
    if (runs === 1) await new Promise((resolve) => setTimeout(resolve, pause));
    return { id, runs };
  };`;

const lambda = (id: string, more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: {
    FunctionName: 'Counting',
    Payload: { 'id.$': `States.Format('{}-${id}', $$.Execution.Name)` },
  },
  OutputPath: '$.Payload.runs',
  End: true,
  ...more,
});
/** Hands a token over, and waits for it to come back. */
const callback = (more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
  Parameters: { QueueUrl: { Ref: 'Tokens' }, MessageBody: { 'token.$': '$$.Task.Token' } },
  End: true,
  ...more,
});
const caught = { Type: 'Pass', OutputPath: '$.Error', End: true };
const wait = (more: object) => ({ Type: 'Wait', End: true, ...more });

/** States and expected end of an execution, by kind of state. */
const KINDS = {
  Seconds: {
    states: {
      w: wait({ Seconds: 8, End: undefined, Next: 'p' }),
      p: { Type: 'Pass', Result: 'on time', End: true },
    },
    output: 'on time',
  },
  Timestamp: {
    states: { w: wait({ TimestampPath: '$.at' }) },
    output: expect.objectContaining({ at: expect.any(String) }),
  },
  Task: { states: { t: lambda('task', { TimeoutSeconds: 120 }) }, output: 2 },
  Token: { states: { t: callback({ TimeoutSeconds: 600 }) }, tokens: 1, output: 'response 0' },
  Asking: {
    states: {
      t: lambda('asking', {
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Parameters: {
          FunctionName: 'Counting',
          Payload: { 'id.$': '$$.Execution.Name', 'token.$': '$$.Task.Token' },
        },
        OutputPath: '$',
      }),
    },
    tokens: 1,
    output: 'response 0',
  },
  Timeout: {
    states: {
      t: callback({ TimeoutSeconds: 8, Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'p' }] }),
      p: caught,
    },
    output: 'States.Timeout',
  },
  Heartbeat: {
    states: {
      t: callback({ HeartbeatSeconds: 8, Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'p' }] }),
      p: caught,
    },
    output: 'States.Timeout',
  },
  Retry: {
    states: {
      t: lambda('retry', {
        Parameters: { FunctionName: 'Counting', Payload: { 'id.$': '$$.Execution.Name', first: 'fails' } },
        Retry: [{ ErrorEquals: ['RangeError'], IntervalSeconds: 7200, MaxDelaySeconds: 8, MaxAttempts: 1 }],
      }),
    },
    reached: 'TaskFailed',
    output: 2,
  },
  Parallel: {
    states: {
      p: {
        Type: 'Parallel',
        Branches: [callback(), callback(), wait({ Seconds: 8 })].map((state) => ({
          StartAt: 's',
          States: { s: state },
        })),
        ResultSelector: { 'first.$': '$[0]', 'second.$': '$[1]' },
        End: true,
      },
    },
    tokens: 2,
    output: { first: 'response 0', second: 'response 1' },
  },
  Map: {
    states: {
      m: {
        Type: 'Map',
        ItemsPath: '$.items',
        MaxConcurrency: 2,
        ItemSelector: { 'index.$': '$$.Map.Item.Index', 'item.$': '$$.Map.Item.Value' },
        ItemProcessor: {
          StartAt: 'p',
          States: {
            p: {
              Type: 'Parallel',
              Branches: [{ StartAt: 's', States: { s: wait({ Seconds: 4, OutputPath: '$.item' }) } }],
              OutputPath: '$[0]',
              End: true,
            },
          },
        },
        End: true,
      },
    },
    output: ['a', 'b', 'c'],
  },
  Variables: {
    language: 'JSONata',
    states: {
      a: { Type: 'Pass', Assign: { kept: '{% $states.input.items %}' }, Next: 'w' },
      w: { Type: 'Wait', Seconds: 8, Next: 'b' },
      b: { Type: 'Pass', Output: '{% $count($kept) %}', End: true },
    },
    output: 3,
  },
  Nested: {
    states: {
      t: {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution.sync:2',
        Parameters: { StateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:Seconds' },
        OutputPath: '$.Output',
        End: true,
      },
    },
    reached: 'TaskSubmitted',
    output: 'on time',
  },
  Limit: {
    states: { w: wait({ Seconds: 3600 }) },
    limit: 8,
    end: { status: 'TIMED_OUT', error: 'States.Timeout' },
  },
} as Record<string, Kind>;

interface Kind {
  readonly states: Record<string, any>;
  readonly language?: string;
  readonly limit?: number;
  /** Number of tokens that get a response after the restart. */
  readonly tokens?: number;
  /** The event that shows that the execution is in the state. */
  readonly reached?: string;
  readonly output?: unknown;
  readonly end?: object;
}

function template(isLater: boolean): Template {
  const RoleArn = { 'Fn::GetAtt': ['CountingRole', 'Arn'] };
  const machines = Object.entries(KINDS).map(([name, { states, limit, language }]) => {
    const definition = isLater
      ? { StartAt: 'f', States: { f: { Type: 'Fail', Error: 'LaterVersion' } } }
      : { QueryLanguage: language, TimeoutSeconds: limit, StartAt: Object.keys(states)[0], States: states };
    const text = JSON.stringify(definition).replaceAll('{"Ref":"Tokens"}', '"${Tokens}"');
    return {
      [name]: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          StateMachineName: name,
          RoleArn,
          DefinitionString: { 'Fn::Sub': text },
        },
      },
    };
  });
  const update = [{ Effect: 'Allow', Action: 'dynamodb:UpdateItem', Resource: '*' }];
  const activity = (name: string) => {
    const Resource = `arn:aws:states:us-east-1:000000000000:activity:${name}`;
    return { StartAt: 'a', States: { a: { Type: 'Task', Resource, TimeoutSeconds: 600, End: true } } };
  };
  const Payload = { 'id.$': '$$.Execution.Name', first: 'takes two seconds' };
  const draining = lambda('draining', { Parameters: { FunctionName: 'Counting', Payload } });
  const others = {
    Taken: [activity('Taken'), 'STANDARD'],
    Open: [activity('Open'), 'STANDARD'],
    Draining: [{ StartAt: 't', States: { t: draining } }, 'STANDARD'],
    Express: [{ StartAt: 't', States: { t: lambda('express') } }, 'EXPRESS'],
  } as const;
  for (const [name, [definition, StateMachineType]] of Object.entries(others)) {
    const DefinitionString = JSON.stringify(definition);
    machines.push({
      [name]: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: { StateMachineName: name, StateMachineType, RoleArn, DefinitionString },
      },
    } as never);
  }
  return {
    Resources: {
      Tokens: { Type: 'AWS::SQS::Queue' },
      Runs: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: 'Runs',
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        },
      },
      ...inlineFunction('Counting', COUNTING, { Timeout: 120 }, update),
      ...Object.assign({}, ...machines),
    },
  };
}

describe('an execution', () => {
  let emulator: Emulator;
  let executions: Executions;

  const takeTask = async (name: string) => {
    const activityArn = `arn:aws:states:us-east-1:000000000000:activity:${name}`;
    return (await executions.client.send(new GetActivityTaskCommand({ activityArn }))).taskToken;
  };
  const runsOf = async (id: string) => {
    const { Item } = await new DynamoDBClient(emulator.client).send(
      new GetItemCommand({ TableName: 'Runs', Key: { id: { S: id } } }),
    );
    return Item && Number(Item.runs!.N);
  };
  const halt = async () => {
    await stopEmulator(emulator.instance, emulator.state);
  };
  const kill = async () => {
    await emulator.save();
    await emulator.kill();
  };

  beforeAll(async () => {
    emulator = await Emulator.start();
    executions = new Executions(emulator);
    await emulator.deploy('Survival', template(false));
    for (const name of ['Taken', 'Open']) {
      await executions.client.send(new CreateActivityCommand({ name }));
    }
  });
  afterAll(() => emulator?.stop());

  describe.each([
    ['a stop', 'Stop', halt],
    ['kill -9', 'Kill', kill],
    [
      'a deployment and a stop',
      'Deploy',
      async () => {
        await emulator.deploy('Survival', template(true), true);
        await halt();
      },
    ],
  ])('that goes on after %s', (_, round, interrupt) => {
    const arns: Record<string, string> = {};
    const tokens: Record<string, string[]> = {};
    let taken: string | undefined;

    beforeAll(async () => {
      const at = new Date(Date.now() + 20_000).toISOString();
      for (const name of Object.keys(KINDS)) {
        arns[name] = await executions.start(name, { at, items: ['a', 'b', 'c'] }, `${round}-${name}`);
      }
      for (const [name, kind] of Object.entries(KINDS)) {
        const isTask = Object.values(kind.states)[0].Type === 'Task';
        await executions.reached(arns[name]!, kind.reached ?? (isTask ? 'TaskStarted' : 'ExecutionStarted'));
        if (!kind.tokens) continue;
        await executions.reached(arns[name]!, 'TaskScheduled', kind.tokens);
        tokens[name] = await executions.tokens(arns[name]!);
      }
      for (const name of ['Taken', 'Open', 'Express']) {
        arns[name] = await executions.start(name, {}, `${round}-${name}`);
      }
      taken = await takeTask('Taken');
      await until(async () => await runsOf(`${round}-Express-express`));
      await interrupt();
      await emulator.restart();
      for (const list of Object.values(tokens)) {
        for (const [index, taskToken] of list.entries()) {
          const output = JSON.stringify(`response ${index}`);
          await executions.client.send(new SendTaskSuccessCommand({ taskToken, output }));
        }
      }
    });

    it.each(Object.keys(KINDS))('in %s', async (name) => {
      const { end, output } = KINDS[name]!;
      expect(await executions.end(arns[name]!)).toMatchObject(end ?? { status: 'SUCCEEDED', output });
    });

    it('in a task of an activity that a worker has', async () => {
      await executions.client.send(new SendTaskSuccessCommand({ taskToken: taken, output: '"done"' }));
      expect(await executions.end(arns.Taken!)).toMatchObject({ status: 'SUCCEEDED', output: 'done' });
    });

    it('in a task of an activity that no worker has', async () => {
      const taskToken = await takeTask('Open');
      await executions.client.send(new SendTaskSuccessCommand({ taskToken, output: '"done"' }));
      expect(await executions.end(arns.Open!)).toMatchObject({ status: 'SUCCEEDED', output: 'done' });
    });

    it('in an Express execution', async () => {
      await until(async () => ((await runsOf(`${round}-Express-express`)) === 2 ? true : undefined));
    });

    it('shows the call that was made again in its history', async () => {
      const events = await executions.history(arns.Task!);
      expect(events.map(({ type }) => type)).toEqual([
        'ExecutionStarted',
        'TaskStateEntered',
        'TaskScheduled',
        'TaskStarted',
        'TaskFailed',
        'TaskScheduled',
        'TaskStarted',
        'TaskSucceeded',
        'TaskStateExited',
        'ExecutionSucceeded',
      ]);
      expect(events[4]!.taskFailedEventDetails!.error).toBe('LocalCloud.Interrupted');
    });
  });

  it('whose call ends while the cloud stops has its result, and is not called again', async () => {
    const arn = await executions.start('Draining', {}, 'Drained');
    await until(async () => await runsOf('Drained'));
    await halt();
    await emulator.restart();
    expect(await executions.end(arn)).toMatchObject({ status: 'SUCCEEDED', output: 1 });
  });
});
