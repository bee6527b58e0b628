import { Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Alias, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { App, CfnParameter, Stack } from 'aws-cdk-lib/core';
import { DataTable, NodeFunction, UserDirectory } from 'cdk-trellis';
import { asBindable, type Bindables } from '../../lib/bindings/binding.js';
import { nagFindings } from '../support/nag.js';
import { oneFunction, Project, removeProjects } from '../support/project.js';

afterAll(removeProjects);

const resourcesIn = (stack: Stack) => {
  const callee = new NodeFunction(stack, 'Callee', {
    handler: () => import('../function/fixtures/handlers/orders.js'),
    bind: { orders: new DataTable(stack, 'Orders', { partitionKey: 'id' }) },
  });
  return {
    things: new DataTable(stack, 'Things', { partitionKey: 'id' }),
    work: new Queue(stack, 'Work'),
    events: new EventBus(stack, 'Events'),
    news: new Topic(stack, 'News'),
    files: new Bucket(stack, 'Files'),
    apiKey: new Secret(stack, 'ApiKey'),
    rate: new StringParameter(stack, 'Rate', { parameterName: '/rate', stringValue: '7' }),
    callee,
    later: callee,
    flow: new StateMachine(stack, 'Flow', {
      definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Done')),
    }),
    people: new UserPool(stack, 'People'),
    stage: 'beta',
    limit: 3,
  };
};

const everythingIn = (stack: Stack, bind = resourcesIn(stack)) =>
  new NodeFunction(stack, 'Everything', {
    handler: () => import('../function/fixtures/handlers/everything.js'),
    bind,
  });

const newStack = () => new Stack(new App(), 'Stack');

function granted(stack: Stack, to: Bindables[string], access: string): Record<string, unknown>[] {
  return asBindable(to)!
    .bindingFor(access)
    .statements.map((statement) => stack.resolve(statement.toStatementJson()));
}

describe('a function with every binding', () => {
  it('has a variable and the permissions of each', () => {
    const stack = newStack();
    everythingIn(stack);
    const template = Template.fromStack(stack);
    const [fn] = Object.entries(template.findResources('AWS::Lambda::Function'))
      .filter(([id]) => id.startsWith('Everything'))
      .map(([, { Properties }]) => Properties);
    expect(Object.keys(fn.Environment.Variables).sort()).toEqual([
      'API_KEY_SECRET',
      'CALLEE_INVOKE',
      'EVENTS_BUS',
      'FILES_BUCKET',
      'FLOW_WORKFLOW',
      'LATER_INVOKE',
      'LIMIT_NUMBER',
      'NEWS_TOPIC',
      'NODE_OPTIONS',
      'PEOPLE_USERS',
      'RATE_PARAMETER',
      'STAGE_TEXT',
      'THINGS_TABLE',
      'WORK_QUEUE',
    ]);
    const [role] = Object.entries(template.findResources('AWS::IAM::Role'))
      .filter(([id]) => id.startsWith('Everything'))
      .map(([, { Properties }]) => Properties);
    expect(role.Policies[0].PolicyDocument.Statement.flatMap(({ Action }: any) => Action)).toMatchSnapshot();
  });

  it('adds a failure queue to the function that it sends events to', () => {
    const stack = newStack();
    const bind = resourcesIn(stack);
    expect(bind.callee.failures).toBeUndefined();
    everythingIn(stack, bind);
    expect(bind.callee.failures).toBeInstanceOf(Queue);
  });

  it('has a reason for every wildcard', () => {
    const findings = nagFindings((stack) => everythingIn(stack));
    expect(findings.filter((finding) => finding.includes('Everything'))).toEqual([]);
  });

  it('has a reason for every wildcard, also for a bucket of another stack', () => {
    const findings = nagFindings((stack) => {
      const other = new Stack(stack.node.root, 'Other');
      everythingIn(stack, { ...resourcesIn(stack), files: new Bucket(other, 'Files') });
    });
    expect(findings.filter((finding) => finding.includes('Everything'))).toEqual([]);
  });
});

describe('a customer-managed key', () => {
  it.each([
    ['read', ['kms:Decrypt']],
    ['write', ['kms:Decrypt', 'kms:GenerateDataKey']],
  ])('of a bucket may be used for %s', (access, actions) => {
    const stack = newStack();
    const bucket = new Bucket(stack, 'Files', { encryption: BucketEncryption.KMS });
    expect([granted(stack, bucket, access).at(-1)!.Action].flat()).toEqual(actions);
  });

  it('of a queue may be used to send', () => {
    const stack = newStack();
    const queue = new Queue(stack, 'Work', { encryption: QueueEncryption.KMS });
    expect(granted(stack, queue, 'send').at(-1)!.Action).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
  });

  it('of a topic may be used to publish', () => {
    const stack = newStack();
    const topic = new Topic(stack, 'News', { masterKey: new Key(stack, 'Key') });
    expect(granted(stack, topic, 'publish').at(-1)!.Action).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
  });

  it('of a secret may be used to read it', () => {
    const stack = newStack();
    const secret = new Secret(stack, 'ApiKey', { encryptionKey: new Key(stack, 'Key') });
    expect(granted(stack, secret, 'read').at(-1)!.Action).toBe('kms:Decrypt');
  });
});

describe('a resource that is imported', () => {
  const key = (stack: Stack) => Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:1:key/k');
  const secretArn = 'arn:aws:secretsmanager:eu-west-1:1:secret:api-key';
  const tableArn = 'arn:aws:dynamodb:eu-west-1:1:table/things';

  it.each<[string, (stack: Stack) => Bindables[string], string, Record<string, string>]>([
    [
      'secret, by its whole ARN',
      (stack) => Secret.fromSecretCompleteArn(stack, 'S', `${secretArn}-AbCdEf`),
      'read',
      { 'secretsmanager:GetSecretValue': `${secretArn}-AbCdEf` },
    ],
    [
      'secret, by a part of its ARN, with the six characters that are missing',
      (stack) => Secret.fromSecretPartialArn(stack, 'S', secretArn),
      'read',
      { 'secretsmanager:GetSecretValue': `${secretArn}-??????` },
    ],
    [
      'secret with a key',
      (stack) =>
        Secret.fromSecretAttributes(stack, 'S', {
          secretCompleteArn: `${secretArn}-AbCdEf`,
          encryptionKey: key(stack),
        }),
      'read',
      {
        'secretsmanager:GetSecretValue': `${secretArn}-AbCdEf`,
        'kms:Decrypt': 'arn:aws:kms:eu-west-1:1:key/k',
      },
    ],
    [
      'parameter with a key',
      (stack) =>
        StringParameter.fromSecureStringParameterAttributes(stack, 'P', {
          parameterName: '/rate',
          encryptionKey: key(stack),
        }),
      'read',
      {
        'ssm:GetParameter': 'arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/rate',
        'kms:Decrypt': 'arn:aws:kms:eu-west-1:1:key/k',
      },
    ],
    [
      'queue with a key',
      (stack) =>
        Queue.fromQueueAttributes(stack, 'Q', {
          queueArn: 'arn:aws:sqs:eu-west-1:1:work',
          keyArn: 'arn:aws:kms:eu-west-1:1:key/k',
        }),
      'send',
      {
        'sqs:SendMessage': 'arn:aws:sqs:eu-west-1:1:work',
        'kms:Decrypt': 'arn:aws:kms:eu-west-1:1:key/k',
        'kms:GenerateDataKey': 'arn:aws:kms:eu-west-1:1:key/k',
      },
    ],
    [
      'topic with a key',
      (stack) =>
        Topic.fromTopicAttributes(stack, 'T', {
          topicArn: 'arn:aws:sns:eu-west-1:1:news',
          keyArn: 'arn:aws:kms:eu-west-1:1:key/k',
        }),
      'publish',
      {
        'sns:Publish': 'arn:aws:sns:eu-west-1:1:news',
        'kms:Decrypt': 'arn:aws:kms:eu-west-1:1:key/k',
        'kms:GenerateDataKey': 'arn:aws:kms:eu-west-1:1:key/k',
      },
    ],
    [
      'bus',
      (stack) => EventBus.fromEventBusArn(stack, 'B', 'arn:aws:events:eu-west-1:1:event-bus/shop'),
      'publish',
      { 'events:PutEvents': 'arn:aws:events:eu-west-1:1:event-bus/shop' },
    ],
    [
      'bucket',
      (stack) => Bucket.fromBucketArn(stack, 'B', 'arn:aws:s3:::files'),
      'read',
      { 's3:GetObject': 'arn:aws:s3:::files/*', 's3:ListBucket': 'arn:aws:s3:::files' },
    ],
    [
      'function',
      (stack) => LambdaFunction.fromFunctionArn(stack, 'F', 'arn:aws:lambda:eu-west-1:1:function:f'),
      'call',
      { 'lambda:InvokeFunction': 'arn:aws:lambda:eu-west-1:1:function:f' },
    ],
    [
      'state machine',
      (stack) => StateMachine.fromStateMachineArn(stack, 'W', 'arn:aws:states:eu-west-1:1:stateMachine:w'),
      'start',
      { 'states:StartExecution': 'arn:aws:states:eu-west-1:1:stateMachine:w' },
    ],
    [
      'index of a table',
      (stack) => Table.fromTableArn(stack, 'T', tableArn),
      "index('byDay').read",
      { 'dynamodb:Query': `${tableArn}/index/byDay`, 'dynamodb:Scan': `${tableArn}/index/byDay` },
    ],
    [
      'table that is written',
      (stack) => Table.fromTableArn(stack, 'T', tableArn),
      'write',
      Object.fromEntries(
        ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'ConditionCheckItem'].map((action) => [
          `dynamodb:${action}`,
          tableArn,
        ]),
      ),
    ],
  ])('is granted exactly: a %s', (_, resource, access, expected) => {
    const stack = newStack();
    const pairs = granted(stack, resource(stack), access).flatMap(({ Action, Resource }) =>
      [Action].flat().map((action) => [action, flat(Resource)]),
    );
    expect(Object.fromEntries(pairs)).toEqual(expected);
  });

  it('allows all indexes if it is a table, and acknowledges it', () => {
    const findings = nagFindings((stack) => {
      new NodeFunction(stack, 'Orders', {
        handler: () => import('../function/fixtures/handlers/orders.js'),
        bind: { orders: Table.fromTableArn(stack, 'T', tableArn) },
      });
      const { Statement } = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'))[0]!
        .Properties.Policies[0].PolicyDocument;
      expect(JSON.stringify(Statement)).toContain(`${tableArn}/index/*`);
    });
    expect(findings).toEqual([]);
  });
});

/** Returns an ARN with its references in angle brackets. */
function flat(arn: any): string {
  if (typeof arn === 'string') return arn;
  return arn.Ref ? `<${arn.Ref}>` : arn['Fn::Join'][1].map(flat).join(arn['Fn::Join'][0]);
}

it.each([
  ['alias', (fn: LambdaFunction) => new Alias(fn, 'Live', { aliasName: 'live', version: fn.currentVersion })],
  ['version', (fn: LambdaFunction) => fn.currentVersion],
])('the %s of a function is invoked, and nothing else of it', (_, qualified) => {
  const stack = newStack();
  const fn = qualified(resourcesIn(stack).callee);
  const { value, statements } = asBindable(fn)!.bindingFor('call');
  expect(value).toBe(fn.functionArn);
  expect(statements.map(({ resources }) => resources)).toEqual([[fn.functionArn]]);
});

it('a number that is known at deployment is written as a text', () => {
  const stack = newStack();
  const limit = new CfnParameter(stack, 'Limit', { type: 'Number' });
  expect(stack.resolve(asBindable(limit.valueAsNumber)!.bindingFor('number').value)).toEqual({
    Ref: 'Limit',
  });
});

it.each([
  ['', 'text', 'a text must be at least one character, got ""'],
  [Number.NaN, 'number', 'a number must be finite, got "NaN"'],
])('the value %j of a %s is refused', (value, kind, message) => {
  expect(() => asBindable(value)!.bindingFor(kind)).toThrow(message);
});

it('the permission for a secret that is imported by name includes the characters that Secrets Manager adds', () => {
  const stack = newStack();
  const [statement] = granted(stack, Secret.fromSecretNameV2(stack, 'ApiKey', 'api-key'), 'read');
  expect(JSON.stringify(statement!.Resource)).toContain('secret:api-key-??????');
});

it('a user directory is bound as its pool', () => {
  const stack = newStack();
  const users = new UserDirectory(stack, 'Users');
  expect(granted(stack, users, 'read')).toEqual(granted(stack, users.userPool, 'read'));
});

it.each([
  ['queue', () => new Queue(newStack(), 'Work'), 'receive', 'send'],
  ['bucket', () => new Bucket(newStack(), 'Files'), 'list', 'read, write, readWrite'],
  ['users', () => new UserPool(newStack(), 'People'), 'write', 'read, manage'],
  ['text', () => 'beta', 'number', 'text'],
])('a %s refuses an access that there is not', (kind, resource, access, known) => {
  expect(() => asBindable(resource())!.bindingFor(access)).toThrow(
    `the access to a ${kind} must be one of ${known}, got ${access}`,
  );
});

describe('errors that the compiler cannot detect are rejected at synth:', () => {
  const stated = (needs: string, bind: Bindables) => {
    const project = new Project({
      'lambda/main.ts': `import { handle, number, queue, text } from 'cdk-trellis/runtime';
export const handler = handle({ ${needs} }, async () => 1);`,
    });
    return () => oneFunction(project, './lambda/main.js', { bind });
  };

  it.each<[string, string, Bindables, string]>([
    [
      'two needs with one variable',
      'dayLimit: number(), day_limit: number()',
      { dayLimit: 1, day_limit: 2 },
      '`day_limit` has the same environment variable as `dayLimit`, DAY_LIMIT_NUMBER. Rename `day_limit`',
    ],
    [
      'a name that no variable can have',
      "'day-limit': number()",
      { 'day-limit': 1 },
      '`day-limit` must be letters and digits, starting with a letter, because its environment variable is DAY-LIMIT_NUMBER',
    ],
    ['a number for a text', 'stage: text()', { stage: 3 }, '`bind.stage` must be a text, got a number'],
    [
      'a queue for a text',
      'stage: text()',
      { stage: new Queue(newStack(), 'Work') },
      '`bind.stage` must be a text, got a queue',
    ],
    [
      'an access that there is not',
      'work: queue.receive',
      { work: new Queue(newStack(), 'Work') },
      'the need `work: queue.receive` cannot be bound: the access to a queue must be one of send, got receive',
    ],
    [
      'an empty text',
      'stage: text()',
      { stage: '' },
      'the need `stage: text()` cannot be bound: a text must be at least one character, got ""',
    ],
  ])('%s', (_, needs, bind, message) => {
    expect(stated(needs, bind)).toThrow(message);
    expect(stated(needs, bind)).toThrow(/The needs are declared in .*lambda\/main\.ts \(at Shop\/Fn\)$/);
  });

  it('every error at once', () => {
    expect(stated('stage: text(), limit: number()', { limit: 'x' })).toThrow(
      /^`bind` must have stage: the handler needs `stage: text\(\)`\n`bind.limit` must be a number, got a text\n/,
    );
  });
});
