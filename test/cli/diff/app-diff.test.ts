import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { StringAttribute, UserPool, type UserPoolProps } from 'aws-cdk-lib/aws-cognito';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Effect, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { type AppDiff, appDiff } from '../../../lib/cli/diff/app-diff.js';
import { stacksOf } from '../../../lib/cli/diff/templates.js';
import { formatDiff } from '../../../lib/cli/diff/text.js';

type Build = (stack: Stack) => void;

/** Synthesizes a stack with the metadata of `cdk synth`. */
function synthesized(build: Build, name = 'Shop') {
  const app = new App({
    context: { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true },
  });
  build(new Stack(app, name));
  return stacksOf(app.synth().directory);
}

function between(before: Build, after: Build): AppDiff {
  return appDiff(
    synthesized(after),
    new Map(synthesized(before).map(({ name, template }) => [name, template])),
  );
}

const nothing: Build = () => {};

const table =
  (partitionKey: string, removalPolicy?: RemovalPolicy, id = 'Orders'): Build =>
  (stack) =>
    void new Table(stack, id, {
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      ...(removalPolicy && { removalPolicy }),
    });

describe('data', () => {
  it('is unchanged when nothing changes, or only resources without data do', () => {
    const topic: Build = (stack) =>
      void new Role(stack, 'R', { assumedBy: new ServicePrincipal('sns.amazonaws.com') });
    expect(between(table('id'), table('id')).data).toEqual([]);
    expect(between(topic, nothing).data).toEqual([]);
  });

  it.each([
    ['is lost', RemovalPolicy.DESTROY, true],
    ['is kept', RemovalPolicy.RETAIN, false],
    ['is kept', RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, false],
  ])('%s with a deleted table, by its removal policy', (_, policy, lost) => {
    expect(between(table('id', policy), nothing).data).toEqual([
      { path: 'Shop/Orders', type: 'AWS::DynamoDB::Table', change: 'deleted', lost, changedProperties: [] },
    ]);
  });

  it('is lost with a group of users: its members are no longer in it', () => {
    const pool: Build = (stack) => void new UserPool(stack, 'Users');
    const withGroup: Build = (stack) => void new UserPool(stack, 'Users').addGroup('Admins', {});
    expect(between(withGroup, pool).data).toMatchObject([
      { path: 'Shop/Users/Admins', type: 'AWS::Cognito::UserPoolGroup', change: 'deleted', lost: true },
    ]);
  });

  it('is lost with a table that gets another id, which makes it a new table', () => {
    const [first] = between(
      table('id', RemovalPolicy.DESTROY),
      table('id', RemovalPolicy.DESTROY, 'AllOrders'),
    ).data;
    expect(first).toMatchObject({ path: 'Shop/Orders', change: 'deleted', lost: true });
  });

  it.each([
    ['is lost', RemovalPolicy.DESTROY, RemovalPolicy.DESTROY, true],
    ['is kept', RemovalPolicy.RETAIN, RemovalPolicy.RETAIN, false],
    ['counts as lost', RemovalPolicy.RETAIN, RemovalPolicy.DESTROY, true],
    ['counts as lost', RemovalPolicy.DESTROY, RemovalPolicy.RETAIN, true],
  ])('%s with a table that is replaced, by its removal policies', (_, before, after, lost) => {
    const { data } = between(table('id', before), table('orderId', after));
    expect(data).toEqual([
      {
        path: 'Shop/Orders',
        type: 'AWS::DynamoDB::Table',
        change: 'replaced',
        lost,
        changedProperties: expect.arrayContaining(['KeySchema']),
      },
    ]);
  });

  it('is lost with a queue that gets another name', () => {
    const queue =
      (queueName: string): Build =>
      (stack) =>
        void new Queue(stack, 'Mails', { queueName });
    expect(between(queue('mails'), queue('letters')).data).toMatchObject([
      { path: 'Shop/Mails', change: 'replaced', lost: true, changedProperties: ['QueueName'] },
    ]);
  });

  it('is lost by a shorter retention', () => {
    const logs =
      (retention?: RetentionDays): Build =>
      (stack) =>
        void new LogGroup(stack, 'Logs', retention ? { retention } : { retention: RetentionDays.INFINITE });
    expect(between(logs(), logs(RetentionDays.ONE_DAY)).data).toMatchObject([
      { path: 'Shop/Logs', change: 'keeps less', lost: true, changedProperties: ['RetentionInDays'] },
    ]);
    expect(between(logs(RetentionDays.ONE_DAY), logs(RetentionDays.ONE_WEEK)).data).toEqual([]);
    expect(between(logs(RetentionDays.ONE_DAY), logs()).data).toEqual([]);
  });

  it('is at risk, but not lost, when its removal policy gets weaker', () => {
    const [kept, destroyed] = [table('id', RemovalPolicy.RETAIN), table('id', RemovalPolicy.DESTROY)];
    expect(between(kept, destroyed).data).toMatchObject([
      { change: 'no longer kept', lost: false, changedProperties: ['DeletionPolicy', 'UpdateReplacePolicy'] },
    ]);
    expect(formatDiff(between(kept, destroyed))).toContain(
      'stays, but will not be retained when it is removed from the stack (changed: DeletionPolicy, UpdateReplacePolicy)',
    );
    expect(between(destroyed, kept).data).toEqual([]);
  });

  it('is compared in nested stacks, also in deleted ones', () => {
    const nested =
      (build: Build): Build =>
      (stack) =>
        build(new NestedStack(stack, 'Nested'));
    const gone = [{ path: 'Shop/Nested/Orders', change: 'deleted', lost: true }];
    expect(between(nested(table('id', RemovalPolicy.DESTROY)), nested(nothing)).data).toMatchObject(gone);
    expect(between(nested(table('id', RemovalPolicy.DESTROY)), nothing).data).toMatchObject(gone);
  });

  it('is unchanged in a stack that was removed from the app', () => {
    const before = synthesized(table('id', RemovalPolicy.DESTROY), 'Old');
    const changes = appDiff(
      synthesized(nothing),
      new Map(before.map(({ name, template }) => [name, template])),
    );
    expect(changes).toMatchObject({ newStacks: ['Shop'], leftStacks: ['Old'], data: [] });
  });
});

describe('permissions', () => {
  const role =
    (
      actions: string[],
      { effect = Effect.ALLOW, policy }: { effect?: Effect; policy?: string } = {},
    ): Build =>
    (stack) => {
      const queue = new Queue(stack, 'Mails');
      const worker = new Role(stack, 'Worker', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
      worker.addToPolicy(new PolicyStatement({ effect, actions, resources: [queue.queueArn] }));
      if (policy) worker.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName(policy));
    };
  const send = ['sqs:SendMessage'];
  const both = ['sqs:SendMessage', 'sqs:ReceiveMessage'];

  it('are compared by action, not by statement', () => {
    expect(between(role(send), role(both)).permissions).toEqual([
      {
        change: 'allowed',
        principal: 'Shop/Worker',
        actions: ['sqs:ReceiveMessage'],
        resource: 'Shop/Mails',
      },
    ]);
    expect(between(role(both), role(send)).permissions).toEqual([
      {
        change: 'no longer allowed',
        principal: 'Shop/Worker',
        actions: ['sqs:ReceiveMessage'],
        resource: 'Shop/Mails',
      },
    ]);
    expect(between(role(both), role([...both].reverse())).permissions).toEqual([]);
  });

  it('grow when a Deny is removed', () => {
    const deny = { effect: Effect.DENY };
    const fewer = between(role(both, deny), role(send, deny));
    expect(fewer.permissions).toMatchObject([
      { change: 'no longer denied', actions: ['sqs:ReceiveMessage'] },
    ]);
    expect(formatDiff(fewer)).toContain('+ no longer denied: Shop/Worker: sqs:ReceiveMessage on Shop/Mails');
    expect(between(role(send, deny), role(both, deny)).permissions).toMatchObject([
      { change: 'denied', actions: ['sqs:ReceiveMessage'] },
    ]);
  });

  it('do not change when a Deny is deleted together with its resource or role', () => {
    const queue: Build = (stack) => void new Queue(stack, 'Mails', { enforceSSL: true });
    const open: Build = (stack) => void new Queue(stack, 'Mails');
    expect(between(queue, nothing).permissions).toEqual([]);
    expect(between(queue, open).permissions).toMatchObject([
      { change: 'no longer denied', actions: ['sqs:*'] },
    ]);
    expect(between(role(send, { effect: Effect.DENY }), open).permissions).not.toContainEqual(
      expect.objectContaining({ change: 'no longer denied' }),
    );
  });

  it('grow with an AWS managed policy', () => {
    const { permissions } = between(role(send), role(send, { policy: 'ReadOnlyAccess' }));
    expect(permissions).toMatchObject([{ change: 'allowed', principal: 'Shop/Worker' }]);
    expect(permissions[0]?.actions[0]).toContain('policy/ReadOnlyAccess');
  });

  it('grow with a statement of a resource policy, which is shown with its condition', () => {
    const bucket =
      (shared: boolean): Build =>
      (stack) => {
        const files = new Bucket(stack, 'Files');
        files.addToResourcePolicy(
          new PolicyStatement({
            actions: shared ? ['s3:GetObject', 's3:PutObject'] : ['s3:GetObject'],
            principals: [new ServicePrincipal('logging.s3.amazonaws.com')],
            resources: [files.arnForObjects('*')],
            conditions: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
          }),
        );
      };
    expect(between(bucket(false), bucket(true)).permissions).toEqual([
      {
        change: 'allowed',
        principal: 'logging.s3.amazonaws.com',
        actions: ['s3:PutObject'],
        resource: 'Shop/Files/*',
        condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      },
    ]);
  });

  it('grow with a rule of a security group', () => {
    const network =
      (open: boolean): Build =>
      (stack) => {
        const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'] });
        const group = new SecurityGroup(stack, 'Group', { vpc });
        if (open) group.addIngressRule(group, Port.tcp(443));
      };
    expect(between(network(false), network(true)).permissions).toMatchObject([
      { change: 'allowed', principal: 'Shop', actions: [expect.stringContaining('network')] },
    ]);
  });
});

describe('a change that AWS rejects', () => {
  const indexed =
    (...names: string[]): Build =>
    (stack) => {
      const orders = new Table(stack, 'Orders', { partitionKey: { name: 'id', type: AttributeType.STRING } });
      for (const indexName of names)
        orders.addGlobalSecondaryIndex({
          indexName,
          partitionKey: { name: indexName, type: AttributeType.STRING },
        });
    };
  const reasons = (before: Build, after: Build) =>
    between(before, after).rejected.map(({ path, reason }) => `${path}: ${reason}`);

  it('is the change of two indexes of a table in one update', () => {
    expect(reasons(indexed(), indexed('byUser'))).toEqual([]);
    expect(reasons(indexed('byUser', 'byDay'), indexed('byUser'))).toEqual([]);
    expect(reasons(indexed(), indexed('byUser', 'byDay'))).toEqual([
      expect.stringMatching(/^Shop\/Orders: it creates byUser, byDay, but DynamoDB allows one/),
    ]);
    expect(reasons(indexed('byUser'), indexed('byDay'))).toEqual([
      expect.stringContaining('it creates byDay and deletes byUser'),
    ]);
    expect(reasons(nothing, indexed('byUser', 'byDay'))).toEqual([]);
  });

  it.each<[string, (id: string) => Build]>([
    [
      'a table',
      (id) => (stack) =>
        void new Table(stack, id, {
          tableName: 'one',
          partitionKey: { name: 'id', type: AttributeType.STRING },
        }),
    ],
    ['a queue', (id) => (stack) => void new Queue(stack, id, { queueName: 'one' })],
    [
      'a role',
      (id) => (stack) =>
        void new Role(stack, id, { roleName: 'one', assumedBy: new ServicePrincipal('sns.amazonaws.com') }),
    ],
    ['a log group', (id) => (stack) => void new LogGroup(stack, id, { logGroupName: 'one' })],
  ])('is a fixed name that moves to another construct: %s', (_, named) => {
    expect(reasons(named('First'), named('First'))).toEqual([]);
    expect(reasons(named('First'), named('Second'))).toEqual([
      expect.stringMatching(/^Shop\/Second: its name one belongs to Shop\/First, .*already exists/),
    ]);
  });

  it('is the replacement of a resource with a fixed name', () => {
    const queue =
      (fifo: boolean, queueName: string): Build =>
      (stack) =>
        void new Table(stack, 'Mails', {
          tableName: queueName,
          partitionKey: { name: fifo ? 'a' : 'b', type: AttributeType.STRING },
        });
    expect(reasons(queue(false, 'one'), queue(true, 'one'))).toEqual([
      expect.stringContaining('CloudFormation cannot replace a resource whose name is fixed (one)'),
    ]);
    expect(reasons(queue(false, 'one'), queue(true, 'two'))).toEqual([]);
  });

  it('is a fixed name of a resource in a removed stack, or in a stack that is deployed later', () => {
    const mails: Build = (stack) => void new Queue(stack, 'Mails', { queueName: 'mails' });
    const [old] = synthesized(mails, 'Old');
    const rejected = appDiff(synthesized(mails, 'New'), new Map([['Old', old!.template]])).rejected;
    expect(rejected).toMatchObject([
      { path: 'New/Mails', reason: expect.stringContaining('belongs to Old/Mails') },
    ]);
    const both = [...synthesized(nothing, 'Old'), ...synthesized(mails, 'New')];
    expect(appDiff(both, new Map([['Old', old!.template]])).rejected).toEqual([]);
  });

  it('is an attribute of a user pool that cannot change', () => {
    const pool =
      (props: UserPoolProps): Build =>
      (stack) =>
        void new UserPool(stack, 'Users', props);
    expect(reasons(pool({}), pool({ signInCaseSensitive: false }))).toEqual([
      expect.stringContaining('UsernameConfiguration of a user pool cannot be changed'),
    ]);
    expect(
      reasons(
        pool({ signInAliases: { username: true } }),
        pool({ signInAliases: { username: true, email: true } }),
      ),
    ).toEqual([expect.stringContaining('AliasAttributes of a user pool cannot be changed')]);
    const text = (maxLen: number) => pool({ customAttributes: { shop: new StringAttribute({ maxLen }) } });
    expect(reasons(pool({}), text(10))).toEqual([]);
    expect(reasons(text(10), text(20))).toEqual([
      expect.stringContaining('the existing attribute shop cannot be changed or removed'),
    ]);
    expect(reasons(text(10), pool({}))).toHaveLength(1);
    expect(reasons(pool({}), pool({ standardAttributes: { birthdate: { required: true } } }))).toEqual([
      expect.stringContaining('the attribute birthdate cannot become required'),
    ]);
    expect(reasons(pool({}), pool({ standardAttributes: { birthdate: { mutable: true } } }))).toEqual([]);
  });

  it('is another domain of a user pool, which has only one', () => {
    const domain =
      (domainPrefix: string): Build =>
      (stack) =>
        void new UserPool(stack, 'Users').addDomain('Domain', { cognitoDomain: { domainPrefix } });
    expect(reasons(domain('shop'), domain('store'))).toEqual([
      expect.stringContaining('a user pool has only one'),
    ]);
    expect(reasons(domain('shop'), domain('shop'))).toEqual([]);
  });

  it('is printed first', () => {
    expect(formatDiff(between(indexed(), indexed('byUser', 'byDay')))).toMatch(
      /^Rejected by AWS\n {2}Shop\/Orders \(AWS::DynamoDB::Table\): it creates/,
    );
  });
});

const alarms =
  (count: number): Build =>
  (stack) => {
    const metric = new Metric({ namespace: 'Shop', metricName: 'Failures' });
    for (let index = 0; index < count; index++)
      new Alarm(stack, `Alarm${index}`, { metric, threshold: 1, evaluationPeriods: 1 });
  };

it('cost at rest is compared', () => {
  const { cost } = between(alarms(1), alarms(3));
  expect([cost.before.monthly, cost.after.monthly]).toEqual([0.1, 0.3]);
});

describe('the text of a diff', () => {
  it('has the changes, and the sections without changes', () => {
    const before: Build = (stack) => {
      table('id', RemovalPolicy.DESTROY)(stack);
      table('id', RemovalPolicy.RETAIN, 'Stock')(stack);
      alarms(1)(stack);
    };
    const after: Build = (stack) => {
      table('orderId', RemovalPolicy.DESTROY)(stack);
      alarms(2)(stack);
    };
    expect(formatDiff(between(before, after))).toBe(`Data
  Shop/Orders (AWS::DynamoDB::Table) is REPLACED by an empty resource; its data is lost (changed: KeySchema)
  Shop/Stock (AWS::DynamoDB::Table) is removed from the stack and retained with its data
Permissions: no changes
Cost at rest per month in us-east-1
  $0.10 -> $0.20`);
  });

  it('has every section if nothing changes', () => {
    expect(formatDiff(between(alarms(2), alarms(2)))).toBe(`Data: nothing is deleted or replaced
Permissions: no changes
Cost at rest per month in us-east-1: $0.20, no change`);
  });
});
