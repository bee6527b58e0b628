import { Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { App, Stack } from 'aws-cdk-lib/core';
import { DataTable, NodeFunction, UserDirectory } from 'cdk-trellis';
import { asBindable, type Bindables } from '../../../lib/function/binding.js';
import { nagFindings } from '../../support/nag.js';

const resourcesIn = (stack: Stack) => {
  const callee = new NodeFunction(stack, 'Callee', {
    handler: () => import('../fixtures/handlers/orders.js'),
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
    handler: () => import('../fixtures/handlers/everything.js'),
    bind,
  });

const newStack = () => new Stack(new App(), 'Stack');

function granted(stack: Stack, to: Bindables[string], access: string): Record<string, unknown>[] {
  return asBindable(to)!
    .bindingFor(access)
    .statements.map((statement) => stack.resolve(statement.toStatementJson()));
}

describe('a function with every binding', () => {
  it('has a variable for each, and is granted what each needs', () => {
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

  it('gives the function that it sends events to a place for those that fail', () => {
    const stack = newStack();
    const bind = resourcesIn(stack);
    expect(bind.callee.failures).toBeUndefined();
    everythingIn(stack, bind);
    expect(bind.callee.failures).toBeInstanceOf(Queue);
  });

  it('is granted no wildcard that is not explained', () => {
    const findings = nagFindings((stack) => everythingIn(stack));
    expect(findings.filter((finding) => finding.includes('Everything'))).toEqual([]);
  });

  it('is granted no wildcard that is not explained, on a bucket of another stack either', () => {
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

  it('of a secret may be used to read it', () => {
    const stack = newStack();
    const secret = new Secret(stack, 'ApiKey', { encryptionKey: new Key(stack, 'Key') });
    expect(granted(stack, secret, 'read').at(-1)!.Action).toBe('kms:Decrypt');
  });
});

it('a secret that is imported by name is granted with the characters that Secrets Manager adds', () => {
  const stack = newStack();
  const [statement] = granted(stack, Secret.fromSecretNameV2(stack, 'ApiKey', 'api-key'), 'read');
  expect(JSON.stringify(statement!.Resource)).toContain('secret:api-key-??????');
});

it('a user directory is bound as its pool is', () => {
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
