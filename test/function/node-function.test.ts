import { Match, Template } from 'aws-cdk-lib/assertions';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LayerVersion, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket, EventType } from 'aws-cdk-lib/aws-s3';
import { LambdaDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, Duration, Stack, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { NodeFunction, type NodeFunctionOptions } from 'cdk-trellis';
import { DataTable } from '../../lib/data/data-table.js';
import { CompanyFunction } from './fixtures/subclass/company-function.js';

const NOT_BUNDLED = { 'aws:cdk:bundling-stacks': [] };

function newStack(): Stack {
  return new Stack(new App({ context: NOT_BUNDLED }), 'Shop');
}

function plain(stack: Stack, options: NodeFunctionOptions = {}): NodeFunction {
  return new NodeFunction(stack, 'Plain', {
    handler: () => import('./fixtures/handlers/plain.js'),
    ...options,
  });
}

function template(options: NodeFunctionOptions = {}): Template {
  const stack = newStack();
  plain(stack, options);
  return Template.fromStack(stack);
}

const functionProperties = (properties: object) =>
  ['AWS::Lambda::Function', Match.objectLike(properties)] as const;

describe('NodeFunction', () => {
  it('needs nothing but a handler', () => {
    expect(template().toJSON()).toMatchSnapshot();
  });

  it('grants what the handler declares, on the table and its indexes', () => {
    const stack = newStack();
    const orders = new DataTable(stack, 'Orders', {
      partitionKey: 'id',
      indexes: { byDay: { partitionKey: 'day' } },
    });
    new NodeFunction(stack, 'Orders Handler', {
      handler: () => import('./fixtures/handlers/orders.js'),
      bind: { orders },
    });
    const found = Template.fromStack(stack);
    found.resourceCountIs('AWS::IAM::Policy', 0);
    found.hasResourceProperties('AWS::IAM::Role', {
      Policies: [
        { PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: WRITE_ACTIONS })]) } },
      ],
    });
    found.hasResourceProperties(
      ...functionProperties({ Environment: { Variables: { ORDERS_TABLE: Match.anyValue() } } }),
    );
  });

  it.each<[string, NodeFunctionOptions, object]>([
    ['memorySize', { memorySize: 1024 }, { MemorySize: 1024 }],
    ['timeout', { timeout: Duration.minutes(1) }, { Timeout: 60 }],
    ['runtime', { runtime: Runtime.NODEJS_22_X }, { Runtime: 'nodejs22.x' }],
    ['architecture', { architecture: Architecture.X86_64 }, { Architectures: ['x86_64'] }],
    ['tracing', { tracing: Tracing.PASS_THROUGH }, { TracingConfig: { Mode: 'PassThrough' } }],
    ['description', { description: 'Says hello' }, { Description: 'Says hello' }],
    ['functionName', { functionName: 'hello' }, { FunctionName: 'hello' }],
    [
      'environment',
      { environment: { STAGE: 'beta' } },
      { Environment: { Variables: { STAGE: 'beta', NODE_OPTIONS: Match.anyValue() } } },
    ],
    [
      'reservedConcurrentExecutions',
      { reservedConcurrentExecutions: 3 },
      { ReservedConcurrentExecutions: 3 },
    ],
  ])('takes %s', (_, options, expected) => {
    template(options).hasResourceProperties(...functionProperties(expected));
  });

  it('can be without tracing and its permissions', () => {
    const found = JSON.stringify(template({ tracing: Tracing.DISABLED }).toJSON());
    expect(found).not.toMatch(/xray|TracingConfig/);
  });

  it('keeps logs as long as it is told', () => {
    template({ logRetention: RetentionDays.ONE_YEAR }).hasResourceProperties('AWS::Logs::LogGroup', {
      RetentionInDays: 365,
    });
  });

  it('writes to the log group it is given', () => {
    const stack = newStack();
    const logGroup = new LogGroup(stack, 'Logs');
    expect(plain(stack, { logGroup }).logGroup).toBe(logGroup);
    Template.fromStack(stack).resourceCountIs('AWS::Logs::LogGroup', 1);
  });

  it('adds its permissions to the role it is given', () => {
    const stack = newStack();
    plain(stack, {
      role: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
    });
    const found = Template.fromStack(stack);
    found.resourceCountIs('AWS::IAM::Role', 1);
    found.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }),
        ]),
      },
    });
  });

  it('takes further permissions', () => {
    const stack = newStack();
    plain(stack).addToRolePolicy(
      new PolicyStatement({ actions: ['ssm:GetParameter'], resources: ['arn:aws:ssm:::x'] }),
    );
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: 'ssm:GetParameter' })] },
    });
  });

  it('can be extended by a class in another file', () => {
    const stack = newStack();
    const fn = new CompanyFunction(stack, 'Fn', { handler: () => import('./fixtures/handlers/plain.js') });
    expect(fn.entry).toBe(require.resolve('./fixtures/handlers/plain.ts'));
    Template.fromStack(stack).hasResourceProperties(...functionProperties({ MemorySize: 512 }));
  });
});

const WRITE_ACTIONS = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'ConditionCheckItem'].map(
  (name) => `dynamodb:${name}`,
);

describe('failures of a NodeFunction', () => {
  it('have no queue while nothing invokes it asynchronously', () => {
    template().resourceCountIs('AWS::SQS::Queue', 0);
  });

  it('land in a queue when a service invokes it without waiting', () => {
    const stack = newStack();
    const fn = plain(stack);
    new Rule(stack, 'Nightly', {
      schedule: Schedule.rate(Duration.days(1)),
      targets: [new LambdaTarget(fn)],
    });
    new Bucket(stack, 'Uploads').addEventNotification(EventType.OBJECT_CREATED, new LambdaDestination(fn));
    const found = Template.fromStack(stack);
    found.hasResourceProperties('AWS::SQS::Queue', {
      MessageRetentionPeriod: 1209600,
      SqsManagedSseEnabled: true,
    });
    found.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      DestinationConfig: { OnFailure: Match.anyValue() },
    });
    expect(fn.failures).toBeInstanceOf(Queue);
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Threshold: 0,
    });
  });

  it.each<[string, NodeFunctionOptions]>([
    ['its callers wait', { invokedSynchronously: true }],
    ['the user has said what happens to failures', { retryAttempts: 0 }],
  ])('have no queue when %s', (_, options) => {
    const stack = newStack();
    new Rule(stack, 'Nightly', {
      schedule: Schedule.rate(Duration.days(1)),
      targets: [new LambdaTarget(plain(stack, options))],
    });
    Template.fromStack(stack).resourceCountIs('AWS::SQS::Queue', 0);
  });
});

describe('NodeFunction is refused', () => {
  const orders = () => import('./fixtures/handlers/orders.js');
  const untyped = (stack: Stack, props: object) => () => new NodeFunction(stack, 'Fn', props as never);

  it.each<[string, (stack: Stack) => object, string]>([
    [
      'without a binding',
      () => ({ handler: orders }),
      '`bind` must have orders: the handler needs `orders: table.readWrite`',
    ],
    [
      'with a binding of another kind',
      () => ({ handler: orders, bind: { orders: { bindingKind: 'bus', bindingFor: () => ({}) } } }),
      '`bind.orders` must be a table, got a bus',
    ],
    [
      'with a binding that is none',
      () => ({ handler: orders, bind: { orders: 'Orders' } }),
      '`bind.orders` must be a table, got a text',
    ],
    [
      'with a misspelt binding',
      (stack) => ({ handler: orders, bind: { order: new DataTable(stack, 'T', { partitionKey: 'id' }) } }),
      '`bind` has order, which the handler does not need (it needs orders)',
    ],
    [
      'with a callback',
      () => ({ handler: () => import('./fixtures/handlers/callback.js') }),
      'got one with a callback',
    ],
    [
      'without a handler',
      () => ({}),
      "`handler` must be a function, `() => import('./place.js')`, got undefined",
    ],
    [
      'with an old runtime',
      () => ({ handler: () => import('./fixtures/handlers/plain.js'), runtime: Runtime.NODEJS_18_X }),
      '`runtime` must be Node.js 20 or later, got nodejs18.x',
    ],
  ])('%s', (_, props, message) => {
    const stack = newStack();
    expect(untyped(stack, props(stack))).toThrow(message);
    expect(untyped(stack, props(new Stack(new App({ context: NOT_BUNDLED }), 'Other')))).toThrow(
      /\(at Shop\/Fn\)$/,
    );
  });

  it('with more layers than Lambda takes', () => {
    const stack = newStack();
    const layers = [1, 2, 3, 4, 5].map((id) =>
      LayerVersion.fromLayerVersionArn(stack, `L${id}`, `arn:aws:lambda:eu-west-1:1:layer:l:${id}`),
    );
    expect(() => plain(stack, { layers })).toThrow(/`layers` must be at most 4, .* got 5 \(at Shop\/Plain\)/);
  });

  it('with an environment of more than 4 KB', () => {
    expect(() => template({ environment: { TEXT: 'x'.repeat(4096) } })).toThrow(
      /\[Shop\/Plain\] The environment must be at most 4096 bytes, got \d+/,
    );
  });
});

describe('security scans', () => {
  it('find nothing in a minimal function', () => {
    const app = new App({ context: NOT_BUNDLED });
    const stack = new Stack(app, 'Shop');
    const orders = new DataTable(stack, 'Orders', {
      partitionKey: 'id',
      indexes: { byDay: { partitionKey: 'day' } },
    });
    new NodeFunction(stack, 'Fn', {
      handler: () => import('./fixtures/handlers/orders.js'),
      bind: { orders },
    });
    plain(stack).addPermission('Topic', { principal: new ServicePrincipal('sns.amazonaws.com') });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
    expect(() => app.synth()).not.toThrow();
  });
});
