import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CloudFormationClient, DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import {
  CreateFunctionCommand,
  GetFunctionConcurrencyCommand,
  LambdaClient,
  PublishLayerVersionCommand,
} from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { correction, pairOfEmulators } from './corrections.js';
import { type Emulator, inlineFunction, zipOf } from './emulator.js';

const emulators = pairOfEmulators([
  'node_of_the_runtime',
  'error_type',
  'no_wait_for_logs',
  'bare_environment',
  'layers_at_opt',
  'reserved_concurrency',
  'sdk_of_the_runtime',
  'errors_of_the_initialization',
  'custom_resources_that_crash',
  'filters_of_event_sources',
]);

const PYTHON = { Runtime: 'python3.13' };

const functionsOf = (...resources: object[]) => ({ Resources: Object.assign({}, ...resources) });

correction(
  emulators,
  'node_of_the_runtime',
  'runs each function on the Node.js major of its runtime',
  async (emulator) => {
    const code = "exports.handler = async () => process.version.split('.')[0]";
    await emulator.deploy(
      'Versions',
      functionsOf(
        inlineFunction('On22', code, { Runtime: 'nodejs22.x' }),
        inlineFunction('On24', code, { Runtime: 'nodejs24.x' }),
      ),
    );
    return [await emulator.invoke('On22'), await emulator.invoke('On24')];
  },
  ['v22', 'v24'],
);

correction(
  emulators,
  'sdk_of_the_runtime',
  'imitates no client that a function lacks',
  async (emulator) => {
    const code = "require('@aws-sdk/client-polly'); exports.handler = async () => 'imitated'";
    await emulator.deploy('Lacking', functionsOf(inlineFunction('Lacking', code)));
    return (await emulator.invoke('Lacking')).errorType;
  },
  'Runtime.ImportModuleError',
);

correction(
  emulators,
  'errors_of_the_initialization',
  'reports that a function has no handler as Lambda does',
  async (emulator) => {
    await emulator.deploy('Empty', functionsOf(inlineFunction('Empty', 'exports.other = 1')));
    const { errorType, errorMessage } = await emulator.invoke('Empty');
    return { errorType, errorMessage };
  },
  { errorType: 'Runtime.HandlerNotFound', errorMessage: 'index.handler is undefined or not exported' },
);

correction(
  emulators,
  'custom_resources_that_crash',
  'fails a custom resource with the error of its function, without waiting for a response',
  async (emulator) => {
    const code = "exports.handler = async () => { throw new TypeError('no such bucket') }";
    const Custom = {
      Type: 'Custom::Crashing',
      Properties: { ServiceToken: { 'Fn::GetAtt': ['Crashing', 'Arn'] }, ServiceTimeout: 5 },
    };
    await emulator
      .deploy('Custom', functionsOf(inlineFunction('Crashing', code), { Custom }))
      .catch(() => undefined);
    const cloudFormation = new CloudFormationClient(emulator.client);
    const { StackEvents } = await cloudFormation.send(
      new DescribeStackEventsCommand({ StackName: 'Custom' }),
    );
    const failure = StackEvents?.find(
      (event) => event.ResourceType === 'Custom::Crashing' && event.ResourceStatusReason,
    );
    return failure?.ResourceStatusReason;
  },
  'TypeError: no such bucket (see the log group /aws/lambda/Crashing)',
);

correction(
  emulators,
  'filters_of_event_sources',
  'passes what a filter matches by a member that is absent together with its parent, or without regard to case',
  async (emulator) => {
    // What reaches the function fails there, and is in the dead-letter queue afterwards.
    const code = "exports.handler = async () => { throw new Error('reached') }";
    const Dead = { Type: 'AWS::SQS::Queue' };
    const RedrivePolicy = { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 1 };
    const Queue = { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 1, RedrivePolicy } };
    const patterns = [
      { body: { meta: { skip: [{ exists: false }] }, kind: [{ 'equals-ignore-case': 'ORDER' }] } },
    ];
    const Mapping = {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: { Ref: 'Filtered' },
        EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
        FilterCriteria: { Filters: patterns.map((pattern) => ({ Pattern: JSON.stringify(pattern) })) },
      },
    };
    const { queue, dead } = await emulator.deploy('Filters', {
      ...functionsOf(
        inlineFunction('Filtered', code, { Timeout: 1 }, [
          { Effect: 'Allow', Action: 'sqs:*', Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
        ]),
        { Dead, Queue, Mapping },
      ),
      Outputs: { queue: { Value: { Ref: 'Queue' } }, dead: { Value: { Ref: 'Dead' } } },
    });
    const sqs = new SQSClient(emulator.client);
    for (const message of [{ kind: 'order' }, { kind: 'order', meta: { skip: true } }, { kind: 'other' }])
      await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: JSON.stringify(message) }));
    const receive = { QueueUrl: dead, WaitTimeSeconds: 20, VisibilityTimeout: 0, MaxNumberOfMessages: 10 };
    const { Messages } = await sqs.send(new ReceiveMessageCommand(receive));
    return Messages?.map(({ Body }) => JSON.parse(Body as string));
  },
  [{ kind: 'order' }],
);

correction(
  emulators,
  'error_type',
  "reports the name, message and stack of a handler's error",
  async (emulator) => {
    const code =
      "class Sold extends Error { name = 'Sold' }; exports.handler = async () => { throw new Sold('out') }";
    await emulator.deploy('Errors', functionsOf(inlineFunction('Failing', code)));
    const { errorType, errorMessage, trace } = await emulator.invoke('Failing');
    return { errorType, errorMessage, first: trace?.[0] };
  },
  { errorType: 'Sold', errorMessage: 'out', first: 'Sold: out' },
);

correction(
  emulators,
  'error_type',
  "reports the type, message and stack of a Python handler's error",
  async (emulator) => {
    const code = 'class Sold(Exception): pass\ndef handler(event, context): raise Sold("out")';
    await emulator.deploy('PythonErrors', functionsOf(inlineFunction('FailingPython', code, PYTHON)));
    const { errorType, errorMessage, stackTrace } = await emulator.invoke('FailingPython');
    return { errorType, errorMessage, first: /line .*/.exec(stackTrace?.[0])?.[0] };
  },
  { errorType: 'Sold', errorMessage: 'out', first: 'line 2, in handler' },
);

correction(
  emulators,
  'bare_environment',
  'shows a function in Python its own variables, in UTC, and none of the emulator',
  async (emulator) => {
    const code = `import os, time
def handler(event, context): return [os.environ.get(name) for name in ("AUTH", "GATEWAY_PORT", "TZ")] + list(time.tzname)`;
    const own = { ...PYTHON, Environment: { Variables: { AUTH: 'mine' } } };
    await emulator.deploy('PythonEnvironment', functionsOf(inlineFunction('EnvPython', code, own)));
    return emulator.invoke('EnvPython');
  },
  ['mine', null, ':UTC', 'UTC', 'UTC'],
);

correction(
  emulators,
  'bare_environment',
  'shows a function its own variables, in UTC, and none of the emulator',
  async (emulator) => {
    const code =
      'exports.handler = async () => [process.env.AUTH, process.env.OWN, process.env.GATEWAY_PORT ?? null, process.env.TZ]';
    const own = { Environment: { Variables: { AUTH: 'mine', OWN: '1' } } };
    await emulator.deploy('Environment', functionsOf(inlineFunction('Env', code, own)));
    return emulator.invoke('Env');
  },
  ['mine', '1', null, 'UTC'],
);

correction(
  emulators,
  'reserved_concurrency',
  'reserves the concurrency a template asks for',
  async (emulator) => {
    const reserved = { ReservedConcurrentExecutions: 3 };
    await emulator.deploy(
      'Concurrency',
      functionsOf(inlineFunction('Reserved', 'exports.handler = async () => 1', reserved)),
    );
    const lambda = new LambdaClient(emulator.client);
    const { ReservedConcurrentExecutions } = await lambda.send(
      new GetFunctionConcurrencyCommand({ FunctionName: 'Reserved' }),
    );
    return ReservedConcurrentExecutions;
  },
  3,
);

describe('no_wait_for_logs', () => {
  it('returns the result of a handler that logs nothing sooner than MiniStack alone', async () => {
    const spent = async (emulator: Emulator) => {
      await emulator.deploy(
        'Silent',
        functionsOf(inlineFunction('Silent', 'exports.handler = async () => 1')),
      );
      await emulator.invoke('Silent');
      const start = performance.now();
      for (let i = 0; i < 10; i++) await emulator.invoke('Silent');
      return performance.now() - start;
    };
    expect(await spent(emulators.corrected)).toBeLessThan(await spent(emulators.plain));
  });
});

describe('layers_at_opt', () => {
  const layers: Record<string, string>[] = [
    {
      'nodejs/shared.mjs': "export const shared = 'first'; export const first = 1;",
      'nodejs/node_modules/named/index.js': "module.exports = 'named'",
      'data.txt': 'first',
    },
    {
      'nodejs/shared.mjs': "export const shared = 'second';",
      'nodejs/user.mjs':
        "import { shared } from '/opt/nodejs/shared.mjs'; export const user = 'uses ' + shared;",
    },
  ];
  const code = {
    'index.mjs': `
      import { shared } from '/opt/nodejs/shared.mjs';
      import { user } from '/opt/nodejs/user.mjs';
      import { existsSync, readFileSync } from 'node:fs';
      import { readFile } from 'node:fs/promises';
      import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      export const handler = async () => ({
        shared, user,
        data: [readFileSync('/opt/data.txt', 'utf8'), await readFile('/opt/data.txt', 'utf8')],
        exists: existsSync('/opt/nodejs/user.mjs'),
        named: require('named'),
        bareImport: await import('named').then(() => 'found', (error) => error.code),
      });`,
  };
  const aws = {
    shared: 'second',
    user: 'uses second',
    data: ['first', 'first'],
    exists: true,
    named: 'named',
    bareImport: 'found',
  };

  async function observe(emulator: Emulator, runtime: 'nodejs22.x' | 'nodejs24.x') {
    const lambda = new LambdaClient(emulator.client);
    const arns: string[] = [];
    for (const [at, files] of layers.entries()) {
      const { LayerVersionArn } = await lambda.send(
        new PublishLayerVersionCommand({ LayerName: `layer${at}`, Content: { ZipFile: zip(files) } }),
      );
      arns.push(LayerVersionArn!);
    }
    const name = `Layered${runtime.slice(6, 8)}`;
    await emulator.deploy(name, functionsOf(inlineFunction(`Any${name}`, '')));
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: runtime,
        Role: `arn:aws:iam::000000000000:role/Any${name}Role`,
        Handler: 'index.handler',
        Code: { ZipFile: zip(code) },
        Layers: arns,
      }),
    );
    return emulator.invoke(name);
  }

  it.each(['nodejs22.x', 'nodejs24.x'] as const)('merges layers into /opt on %s', async (runtime) => {
    expect(await observe(emulators.corrected, runtime)).toEqual(aws);
  });
  it('is still needed', async () => {
    expect(await observe(emulators.plain, 'nodejs22.x')).not.toEqual(aws);
  });
});

function zip(files: Record<string, string>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'trellis-zip-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return zipOf(folder);
}
