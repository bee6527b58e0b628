import { Match, Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LambdaInsightsVersion, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import { App, Stack, Validations } from 'aws-cdk-lib/core';
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
  it('requires only a handler', () => {
    expect(template().toJSON()).toMatchSnapshot();
  });

  it('grants the declared access, on the table and its indexes', () => {
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

  it('accepts another export of the module, with its needs', () => {
    const stack = newStack();
    const orders = new DataTable(stack, 'Orders', { partitionKey: 'id' });
    const place = new NodeFunction(stack, 'Place', {
      handler: () => import('./fixtures/handlers/several.js').then((module) => ({ handler: module.place })),
      bind: { orders },
    });
    const plainOne = new NodeFunction(stack, 'Default', {
      handler: () => import('./fixtures/handlers/several.js').then((module) => ({ handler: module.default })),
    });
    expect([place.exportName, plainOne.exportName]).toEqual(['place', 'default']);
    const found = Template.fromStack(stack);
    found.hasResourceProperties(
      ...functionProperties({
        Handler: 'index.place',
        Environment: { Variables: { ORDERS_TABLE: Match.anyValue() } },
      }),
    );
    found.hasResourceProperties(
      ...functionProperties({
        Handler: 'index.default',
        Environment: { Variables: { ORDERS_TABLE: Match.absent() } },
      }),
    );
  });

  it('adds the variable for TypeScript stack traces', () => {
    template({ environment: { STAGE: 'beta' } }).hasResourceProperties(
      ...functionProperties({
        Environment: { Variables: { STAGE: 'beta', NODE_OPTIONS: '--enable-source-maps' } },
      }),
    );
  });

  it('runs on Node.js 20, too', () => {
    template({ runtime: Runtime.NODEJS_20_X }).hasResourceProperties(
      ...functionProperties({ Runtime: 'nodejs20.x' }),
    );
  });

  it('accepts further permissions', () => {
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

describe('NodeFunction is rejected', () => {
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
      'with a binding that is not a resource',
      () => ({ handler: orders, bind: { orders: 'Orders' } }),
      '`bind.orders` must be a table, got a text',
    ],
    [
      'with a misspelt binding',
      (stack) => ({ handler: orders, bind: { order: new DataTable(stack, 'T', { partitionKey: 'id' }) } }),
      '`bind` has order, which the handler does not need (it needs orders)',
    ],
    [
      'with a binding for needs that cannot be read',
      () => ({ handler: () => import('./fixtures/handlers/made.js'), bind: { stage: 'beta' } }),
      'test/function/fixtures/handlers/maker.ts:3: `handler` must be the result of `handle`, or a middleware around it, got a handler that uses `handle` in another way. Synth reads needs from the source without running it: write `export const handler = handle(...)`, or `export { name as handler }`. (at Shop/Fn)',
    ],
    [
      'with a table that does not have the index',
      (stack) => ({
        handler: () => import('./fixtures/handlers/by-kind.js'),
        bind: {
          kinds: new DataTable(stack, 'T', {
            partitionKey: 'id',
            indexes: { byDay: { partitionKey: 'day' } },
          }),
        },
      }),
      "the need `kinds: table.index('byKind').read` cannot be bound: the access to a table must be one of read, write, readWrite, index('byDay').read, got index('byKind').read",
    ],
    [
      'with the environment variable of a binding',
      (stack) => ({
        handler: orders,
        bind: { orders: new DataTable(stack, 'T', { partitionKey: 'id' }) },
        environment: { ORDERS_TABLE: 'mine' },
      }),
      '`orders` has the same environment variable as the function, ORDERS_TABLE. Rename `orders`',
    ],
    [
      'with a callback',
      () => ({ handler: () => import('./fixtures/handlers/callback.js') }),
      'got one with a callback',
    ],
    [
      'without properties',
      () => undefined as unknown as object,
      '`props` must be an object with `handler`, got undefined',
    ],
    [
      'with an invalid layer',
      () => ({ handler: () => import('./fixtures/handlers/plain.js'), layers: ['layers/money'] }),
      "`layers` must be shared layers or layer versions, as in `SharedLayer.fromPackage('layers/money')`, got a string",
    ],
    [
      'without a handler',
      () => ({}),
      "`handler` must be a function that imports a module, as in `() => import('./place.js')`, got undefined",
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

  it('with more layers than Lambda allows', () => {
    const stack = newStack();
    const layers = [1, 2, 3, 4, 5].map((id) =>
      LayerVersion.fromLayerVersionArn(stack, `L${id}`, `arn:aws:lambda:eu-west-1:1:layer:l:${id}`),
    );
    expect(() => plain(stack, { layers })).toThrow(
      /`layers` must be at most 4, got 5: .* \(at Shop\/Plain\)/,
    );
    const insightsVersion = LambdaInsightsVersion.VERSION_1_0_333_0;
    expect(() => plain(stack, { layers: layers.slice(1), insightsVersion })).toThrow(
      "`layers` must be at most 3, got 4: a function has at most 5, one is the stack's dependency layer and `insightsVersion` adds one (at Shop/Plain)",
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
