import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Effect, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { type AppDiff, appDiff } from '../../../lib/cli/diff/app-diff.js';
import { stacksOf } from '../../../lib/cli/diff/templates.js';
import { described } from '../../../lib/cli/diff/text.js';

type Build = (stack: Stack) => void;

/** What is synthesized as `cdk synth` does it. */
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
  it('is untouched when nothing changes, or something without data does', () => {
    const topic: Build = (stack) =>
      void new Role(stack, 'R', { assumedBy: new ServicePrincipal('sns.amazonaws.com') });
    expect(between(table('id'), table('id')).data).toEqual([]);
    expect(between(topic, nothing).data).toEqual([]);
  });

  it.each([
    ['is lost', RemovalPolicy.DESTROY, true],
    ['is kept', RemovalPolicy.RETAIN, false],
    ['is kept', RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, false],
  ])('%s with a table that is taken away, by its removal policy', (_, policy, lost) => {
    expect(between(table('id', policy), nothing).data).toEqual([
      { path: 'Shop/Orders', type: 'AWS::DynamoDB::Table', what: 'deleted', lost, because: [] },
    ]);
  });

  it('is lost with a table that gets another id, which is another table', () => {
    const [first] = between(
      table('id', RemovalPolicy.DESTROY),
      table('id', RemovalPolicy.DESTROY, 'AllOrders'),
    ).data;
    expect(first).toMatchObject({ path: 'Shop/Orders', what: 'deleted', lost: true });
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
        what: 'replaced',
        lost,
        because: expect.arrayContaining(['KeySchema']),
      },
    ]);
  });

  it('is lost with a queue that gets another name', () => {
    const queue =
      (queueName: string): Build =>
      (stack) =>
        void new Queue(stack, 'Mails', { queueName });
    expect(between(queue('mails'), queue('letters')).data).toMatchObject([
      { path: 'Shop/Mails', what: 'replaced', lost: true, because: ['QueueName'] },
    ]);
  });

  it('is lost when it is kept for a shorter time', () => {
    const logs =
      (retention?: RetentionDays): Build =>
      (stack) =>
        void new LogGroup(stack, 'Logs', retention ? { retention } : { retention: RetentionDays.INFINITE });
    expect(between(logs(), logs(RetentionDays.ONE_DAY)).data).toMatchObject([
      { path: 'Shop/Logs', what: 'keeps less', lost: true, because: ['RetentionInDays'] },
    ]);
    expect(between(logs(RetentionDays.ONE_DAY), logs(RetentionDays.ONE_WEEK)).data).toEqual([]);
    expect(between(logs(RetentionDays.ONE_DAY), logs()).data).toEqual([]);
  });

  it('is at risk, but not lost, when its removal policy gets weaker', () => {
    const [kept, destroyed] = [table('id', RemovalPolicy.RETAIN), table('id', RemovalPolicy.DESTROY)];
    expect(between(kept, destroyed).data).toMatchObject([
      { what: 'no longer kept', lost: false, because: ['DeletionPolicy', 'UpdateReplacePolicy'] },
    ]);
    expect(described(between(kept, destroyed))).toContain(
      'stays, but is no longer kept when it leaves the stack (changed: DeletionPolicy, UpdateReplacePolicy)',
    );
    expect(between(destroyed, kept).data).toEqual([]);
  });

  it('is seen in nested stacks, also in those that are no longer there', () => {
    const nested =
      (build: Build): Build =>
      (stack) =>
        build(new NestedStack(stack, 'Nested'));
    const gone = [{ path: 'Shop/Nested/Orders', what: 'deleted', lost: true }];
    expect(between(nested(table('id', RemovalPolicy.DESTROY)), nested(nothing)).data).toMatchObject(gone);
    expect(between(nested(table('id', RemovalPolicy.DESTROY)), nothing).data).toMatchObject(gone);
  });

  it('is left alone with a stack that is no longer in the app', () => {
    const before = synthesized(table('id', RemovalPolicy.DESTROY), 'Old');
    const found = appDiff(
      synthesized(nothing),
      new Map(before.map(({ name, template }) => [name, template])),
    );
    expect(found).toMatchObject({ newStacks: ['Shop'], leftStacks: ['Old'], data: [] });
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
      const made = new Role(stack, 'Worker', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
      made.addToPolicy(new PolicyStatement({ effect, actions, resources: [queue.queueArn] }));
      if (policy) made.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName(policy));
    };
  const send = ['sqs:SendMessage'];
  const both = ['sqs:SendMessage', 'sqs:ReceiveMessage'];

  it('are told by what is allowed in addition, not by whole statements', () => {
    expect(between(role(send), role(both)).permissions).toEqual([
      { what: 'allowed', who: 'Shop/Worker', actions: ['sqs:ReceiveMessage'], resource: 'Shop/Mails' },
    ]);
    expect(between(role(both), role(send)).permissions).toEqual([
      {
        what: 'no longer allowed',
        who: 'Shop/Worker',
        actions: ['sqs:ReceiveMessage'],
        resource: 'Shop/Mails',
      },
    ]);
    expect(between(role(both), role([...both].reverse())).permissions).toEqual([]);
  });

  it('are more when something is denied no longer', () => {
    const deny = { effect: Effect.DENY };
    expect(between(role(both, deny), role(send, deny)).permissions).toMatchObject([
      { what: 'allowed', actions: ['sqs:ReceiveMessage'] },
    ]);
    expect(between(role(send, deny), role(both, deny)).permissions).toMatchObject([
      { what: 'no longer allowed', actions: ['sqs:ReceiveMessage'] },
    ]);
  });

  it("are more with one of AWS's policies", () => {
    const { permissions } = between(role(send), role(send, { policy: 'ReadOnlyAccess' }));
    expect(permissions).toMatchObject([{ what: 'allowed', who: 'Shop/Worker' }]);
    expect(permissions[0]?.actions[0]).toContain('policy/ReadOnlyAccess');
  });

  it('are more with a policy of a resource, with its condition', () => {
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
        what: 'allowed',
        who: 'logging.s3.amazonaws.com',
        actions: ['s3:PutObject'],
        resource: 'Shop/Files/*',
        condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      },
    ]);
  });

  it('are more with a rule of a security group', () => {
    const network =
      (open: boolean): Build =>
      (stack) => {
        const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'] });
        const group = new SecurityGroup(stack, 'Group', { vpc });
        if (open) group.addIngressRule(group, Port.tcp(443));
      };
    expect(between(network(false), network(true)).permissions).toMatchObject([
      { what: 'allowed', who: 'Shop', actions: [expect.stringContaining('network')] },
    ]);
  });
});

const alarms =
  (count: number): Build =>
  (stack) => {
    const metric = new Metric({ namespace: 'Shop', metricName: 'Failures' });
    for (let at = 0; at < count; at++)
      new Alarm(stack, `Alarm${at}`, { metric, threshold: 1, evaluationPeriods: 1 });
  };

it('cost at rest is told before and after', () => {
  const { cost } = between(alarms(1), alarms(3));
  expect([cost.before.monthly, cost.after.monthly]).toEqual([0.1, 0.3]);
});

describe('in words', () => {
  it('says what happens, and what stays as it is', () => {
    const before: Build = (stack) => {
      table('id', RemovalPolicy.DESTROY)(stack);
      table('id', RemovalPolicy.RETAIN, 'Stock')(stack);
      alarms(1)(stack);
    };
    const after: Build = (stack) => {
      table('orderId', RemovalPolicy.DESTROY)(stack);
      alarms(2)(stack);
    };
    expect(described(between(before, after))).toBe(`Data
  Shop/Orders (AWS::DynamoDB::Table) is REPLACED by an empty one; its data is lost (changed: KeySchema)
  Shop/Stock (AWS::DynamoDB::Table) leaves the stack; it is kept, with its data
Permissions: as they are
Cost at rest, a month in us-east-1
  $0.10 -> $0.20`);
  });

  it('says that nothing changes', () => {
    expect(described(between(alarms(2), alarms(2)))).toBe(`Data: nothing is deleted or replaced
Permissions: as they are
Cost at rest, a month in us-east-1: $0.20, as it is`);
  });
});
