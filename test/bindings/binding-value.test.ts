import { Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { App, PhysicalName, Stack } from 'aws-cdk-lib/core';
import { AssetFunction, DataTable, IdempotencyTable, type ResourceAccesses } from 'cdk-trellis';

const ACCOUNT = '111111111111';
const stackIn = (app: App, id: string, region: string, account = ACCOUNT) =>
  new Stack(app, id, { env: { region, account }, crossRegionReferences: true });

function variablesOf(stack: Stack, bind: ResourceAccesses): Record<string, unknown> {
  new AssetFunction(stack, 'Fn', {
    code: Code.fromInline('exports.handler = async () => {}'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    bind,
  });
  const [fn] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  return fn!.Properties.Environment.Variables;
}

it('a resource in another region or account is bound by a value with its location', () => {
  const stack = stackIn(new App(), 'S', 'eu-west-1');
  const variables = variablesOf(stack, {
    orders: {
      to: TableV2.fromTableArn(stack, 'T', 'arn:aws:dynamodb:us-east-1:222222222222:table/orders'),
      access: 'read',
    },
    news: {
      to: Topic.fromTopicArn(stack, 'N', 'arn:aws:sns:us-east-1:222222222222:news'),
      access: 'publish',
    },
    jobs: { to: Queue.fromQueueArn(stack, 'Q', 'arn:aws:sqs:us-east-1:222222222222:jobs'), access: 'send' },
    events: {
      to: EventBus.fromEventBusArn(stack, 'B', 'arn:aws:events:us-east-1:222222222222:event-bus/hub'),
      access: 'publish',
    },
    people: {
      to: UserPool.fromUserPoolArn(
        stack,
        'U',
        'arn:aws:cognito-idp:us-east-1:222222222222:userpool/us-east-1_AbC',
      ),
      access: 'read',
    },
  });
  expect(variables).toMatchObject({
    ORDERS_TABLE: 'arn:aws:dynamodb:us-east-1:222222222222:table/orders',
    NEWS_TOPIC: 'arn:aws:sns:us-east-1:222222222222:news',
    EVENTS_BUS: 'arn:aws:events:us-east-1:222222222222:event-bus/hub',
    PEOPLE_USERS: 'us-east-1_AbC',
  });
  expect(JSON.stringify(variables.JOBS_QUEUE)).toContain('https://sqs.us-east-1.');
});

it('the location of an import is that of its ARN, also where CDK reports another', () => {
  const stack = stackIn(new App(), 'S', 'us-east-1');
  const far = Table.fromTableArn(stack, 'T', 'arn:aws:dynamodb:eu-west-1:222222222222:table/x');
  expect(variablesOf(stack, { far: { to: far, access: 'read' } })).toEqual({
    FAR_TABLE: 'arn:aws:dynamodb:eu-west-1:222222222222:table/x',
  });
});

it('a resource in the same region and account is bound by its name', () => {
  const stack = stackIn(new App(), 'S', 'eu-west-1');
  const orders = TableV2.fromTableArn(stack, 'T', `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/orders`);
  expect(variablesOf(stack, { orders: { to: orders, access: 'read' } })).toEqual({ ORDERS_TABLE: 'orders' });
});

it('in a stack without a region, resources are bound by name', () => {
  const stack = new Stack(new App(), 'S');
  const orders = TableV2.fromTableName(stack, 'T', 'orders');
  const setting = StringParameter.fromStringParameterName(stack, 'P', '/setting');
  const variables = variablesOf(stack, {
    orders: { to: orders, access: 'read' },
    setting: { to: setting, access: 'read' },
  });
  expect(variables).toEqual({ ORDERS_TABLE: 'orders', SETTING_PARAMETER: '/setting' });
});

it("a table of another region's stack is bound by its ARN", () => {
  const app = new App();
  const orders = new DataTable(stackIn(app, 'US', 'us-east-1'), 'Orders', {
    partitionKey: 'id',
    table: { tableName: 'orders' },
  });
  const variables = variablesOf(stackIn(app, 'EU', 'eu-west-1'), { orders: { to: orders, access: 'read' } });
  expect(JSON.stringify(variables.ORDERS_TABLE)).toMatch(
    /arn:.*:dynamodb:us-east-1:111111111111:table\/orders|Fn::GetAtt/,
  );
});

it('a bucket that the app creates in another account is rejected, with the remedy', () => {
  const app = new App();
  const files = new Bucket(stackIn(app, 'Theirs', 'eu-west-1', '222222222222'), 'Files', {
    bucketName: PhysicalName.GENERATE_IF_NEEDED,
  });
  expect(() =>
    variablesOf(stackIn(app, 'Ours', 'eu-west-1'), { files: { to: files, access: 'read' } }),
  ).toThrow(
    "`bind.files.to` must be in the function's account (111111111111) or be an imported resource, got Theirs/Files in account 222222222222. Allow the function's role in the policy of the resource",
  );
});

it("an idempotency table of another region's stack is bound by its ARN", () => {
  const app = new App();
  const done = new IdempotencyTable(stackIn(app, 'US', 'us-east-1'), 'Done', {
    table: { tableName: 'done' },
  });
  const variables = variablesOf(stackIn(app, 'EU', 'eu-west-1'), {
    once: { to: done, access: 'idempotency' },
  });
  expect(JSON.stringify(variables.ONCE_IDEMPOTENCY)).toMatch(/DoneTable\w+Arn/);
});
