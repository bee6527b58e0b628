import { Match, Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Code,
  DockerImageCode,
  DockerImageFunction,
  type FunctionProps,
  type IFunction,
  Function as LambdaFunction,
  Runtime,
  SingletonFunction,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Lazy, Stack } from 'aws-cdk-lib/core';
import { AssetFunction, bindTo, DataTable, NodeFunction } from 'cdk-trellis';
import { nagFindings } from '../support/nag.js';
import { newStack } from '../support/template.js';

const KEY = { partitionKey: { name: 'id', type: AttributeType.STRING } };
const INLINE = {
  runtime: Runtime.PYTHON_3_13,
  handler: 'index.handler',
  code: Code.fromInline('def handler(event, context): pass'),
};
const NOT_BUNDLED = { 'aws:cdk:bundling-stacks': [] };

const ordersIn = (stack: Stack) => new Table(stack, 'Orders', KEY);
const plainIn = (stack: Stack, props: Partial<FunctionProps> = {}) =>
  new LambdaFunction(stack, 'Fn', { ...INLINE, ...props });

/** A function class of another language or library: a subclass. */
class PythonFunction extends LambdaFunction {
  constructor(stack: Stack, id: string) {
    super(stack, id, INLINE);
  }
}

describe('bindTo', () => {
  it.each<[string, (stack: Stack) => Parameters<typeof bindTo>[0]]>([
    ["CDK's function", (stack) => plainIn(stack)],
    ['a subclass of it', (stack) => new PythonFunction(stack, 'Fn')],
    ['a NodejsFunction', (stack) => new NodejsFunction(stack, 'Fn', { entry: __filename })],
    ['a SingletonFunction', (stack) => new SingletonFunction(stack, 'Fn', { ...INLINE, uuid: 'one' })],
    ['a AssetFunction', (stack) => new AssetFunction(stack, 'Fn', INLINE)],
    [
      'a NodeFunction',
      (stack) =>
        new NodeFunction(stack, 'Fn', { handler: () => import('../function/fixtures/handlers/plain.js') }),
    ],
    [
      'a DockerImageFunction',
      (stack) =>
        new DockerImageFunction(stack, 'Fn', {
          code: DockerImageCode.fromImageAsset(`${__dirname}/../function/fixtures/image`),
        }),
    ],
  ])('gives %s the name of a table, and the permission to read it', (_, functionIn) => {
    const stack = newStack(NOT_BUNDLED);
    bindTo(functionIn(stack), { orders: { to: ordersIn(stack), access: 'read' } });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ ORDERS_TABLE: { Ref: 'OrdersA9B65338' } }) },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['GetItem', 'BatchGetItem', 'Query', 'Scan'].map((name) => `dynamodb:${name}`),
            Resource: Match.anyValue(),
          },
        ],
      },
    });
  });

  it('accepts texts and numbers', () => {
    const stack = newStack();
    bindTo(plainIn(stack), { stage: { to: 'beta' }, limit: { to: 3 } });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { STAGE_TEXT: 'beta', LIMIT_NUMBER: '3' } },
    });
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  it("adds to the function's variables and permissions, and to those of an earlier call", () => {
    const stack = newStack();
    const fn = plainIn(stack, { environment: { OWN: '1' } });
    bindTo(fn, { orders: { to: ordersIn(stack), access: 'write' } });
    bindTo(fn, { events: { to: new EventBus(stack, 'Events'), access: 'publish' } });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: { OWN: '1', ORDERS_TABLE: Match.anyValue(), EVENTS_BUS: Match.anyValue() },
      },
    });
  });

  it("adds the permissions to a user's role", () => {
    const stack = newStack();
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    bindTo(plainIn(stack, { role }), { orders: { to: ordersIn(stack), access: 'write' } });
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: 'Role1ABCC5F0' }],
    });
  });

  it('does not resolve the values of variables, which may be lazy', () => {
    const stack = newStack();
    let value: string | undefined;
    const late = Lazy.string({ produce: () => value });
    const fn = plainIn(stack, { environment: { LATE: late } });
    bindTo(fn, { orders: { to: ordersIn(stack), access: 'read' } });
    value = 'known';
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ LATE: 'known' }) },
    });
  });

  it('adds a failure queue to a function that receives asynchronous events', () => {
    const stack = newStack();
    const callee = new AssetFunction(stack, 'Callee', INLINE);
    bindTo(plainIn(stack), { later: { to: callee, access: 'send' } });
    expect(callee.failures).toBeDefined();
  });

  it.each([
    ['of this stack', false],
    ['of another stack', true],
  ])('explains the wildcard in what it grants on a bucket and a table %s', (_, isOther) => {
    const findings = nagFindings((stack) => {
      const owner = isOther ? new Stack(stack.node.root, 'Other') : stack;
      bindTo(plainIn(stack), {
        orders: { to: ordersIn(owner), access: 'read' },
        files: { to: new Bucket(owner, 'Files'), access: 'readWrite' },
      });
    });
    expect(findings.filter((finding) => /IAM5.* at Stack\//.test(finding))).toEqual([]);
    expect(findings.some((finding) => finding.startsWith('AwsSolutions-IAM4'))).toBe(true);
  });
});

describe('bindTo is rejected', () => {
  const bound =
    (bindings: (stack: Stack) => object, target: (stack: Stack) => object = plainIn) =>
    () => {
      const stack = newStack();
      bindTo(target(stack) as never, bindings(stack) as never);
    };

  it.each<[string, (stack: Stack) => object, string]>([
    [
      'of what cannot be bound',
      () => ({ orders: { to: new Date(), access: 'read' } }),
      '`orders.to` must be a table, a queue or another resource that can be bound, got object (at Stack/Fn)',
    ],
    [
      'of nothing',
      () => ({ orders: undefined }),
      '`orders.to` must be a table, a queue or another resource that can be bound, got undefined (at Stack/Fn)',
    ],
    [
      'with an access that there is not',
      (stack) => ({ orders: { to: ordersIn(stack), access: 'scan' } }),
      '`orders.access`: the access to a table must be one of read, write, readWrite, got scan (at Stack/Fn)',
    ],
    [
      'without an access',
      (stack) => ({ orders: { to: ordersIn(stack) } }),
      '`orders.access`: the access to a table must be one of read, write, readWrite, got undefined (at Stack/Fn)',
    ],
    [
      'with a name that is not a valid variable',
      (stack) => ({ 'my-orders': { to: ordersIn(stack), access: 'read' } }),
      '`my-orders` must be letters and digits, starting with a letter, because its environment variable is MY-ORDERS_TABLE (at Stack/Fn)',
    ],
    [
      'with two names of one variable',
      () => ({ dayLimit: { to: 1 }, day_limit: { to: 2 } }),
      '`day_limit` has the same environment variable as `dayLimit`, DAY_LIMIT_NUMBER. Rename `day_limit` (at Stack/Fn)',
    ],
  ])('%s', (_, bindings, message) => {
    expect(bound(bindings)).toThrow(new Error(message));
  });

  it.each<[string, (stack: Stack) => unknown, RegExp]>([
    ['on nothing', () => undefined, /configurable environment, got undefined$/],
    [
      'on a resource that is not a function',
      (stack) => ordersIn(stack),
      /configurable environment, got a \w+ \(at Stack\/\w+\)$/,
    ],
  ])('%s', (_, target, message) => {
    expect(bound(() => ({}), target as never)).toThrow(message);
  });

  it('without bindings', () => {
    const target = plainIn(newStack());
    expect(() => bindTo(target, undefined as never)).toThrow(
      "The bindings of bindTo must be an object, as in `{ orders: { to: orders, access: 'read' } }`, got undefined (at Stack/Fn)",
    );
  });

  it('with the name of an existing variable of the function', () => {
    const target = (stack: Stack) => plainIn(stack, { environment: { ORDERS_TABLE: 'mine' } });
    const bindings = (stack: Stack) => ({ orders: { to: ordersIn(stack), access: 'read' } });
    expect(bound(bindings, target)).toThrow(
      '`orders` has the same environment variable as the function, ORDERS_TABLE. Rename `orders` (at Stack/Fn)',
    );
  });

  it('with the name of an earlier binding', () => {
    const stack = newStack();
    const fn = plainIn(stack);
    const orders = ordersIn(stack);
    bindTo(fn, { orders: { to: orders, access: 'read' } });
    expect(() => bindTo(fn, { orders: { to: orders, access: 'write' } })).toThrow(
      'has the same environment variable as the function',
    );
  });

  it('with all errors at once, and nothing is bound', () => {
    const stack = newStack();
    const fn = plainIn(stack);
    const callee = new AssetFunction(stack, 'Callee', INLINE);
    const bindings = {
      orders: { to: ordersIn(stack), access: 'read' },
      later: { to: callee, access: 'send' },
      files: { to: new Bucket(stack, 'Files'), access: 'list' },
      'a b': { to: 'text' },
    };
    expect(() => bindTo(fn, bindings as never)).toThrow(
      /`files\.access`: .*got list\n`a b` must be letters .* \(at Stack\/Fn\)$/,
    );
    expect(callee.failures).toBeUndefined();
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Policy', 0);
    template.allResourcesProperties('AWS::Lambda::Function', { Environment: Match.absent() });
  });

  it.each<[string, (stack: Stack) => IFunction, string]>([
    [
      'an imported function',
      (stack) =>
        LambdaFunction.fromFunctionArn(stack, 'Fn', 'arn:aws:lambda:eu-west-1:111122223333:function:other'),
      'got an imported function. Bind resources to it in the stack that defines it. To let another function invoke it',
    ],
    [
      'an alias',
      (stack) => {
        const version = new LambdaFunction(stack, 'Own', INLINE).currentVersion;
        return new Alias(stack, 'Fn', { aliasName: 'live', version });
      },
      'got an alias of a version, which is immutable. Bind the function itself before the version is created: `alias.version.lambda`',
    ],
    [
      'a version',
      (stack) => plainIn(stack).currentVersion,
      'got a version, which is immutable. Bind the function itself before the version is created: `version.lambda`',
    ],
  ])('for %s', (_, target, message) => {
    const run = bound(() => ({ stage: { to: 'beta' } }), target);
    expect(run).toThrow(message);
    expect(run).toThrow(/\(at Stack\/Fn.*\)$/);
  });
});

it('a DataTable is bound with its indexes by name', () => {
  const stack = newStack();
  const orders = new DataTable(stack, 'Orders', {
    partitionKey: 'id',
    indexes: { byDay: { partitionKey: 'day' } },
  });
  bindTo(plainIn(stack), { orders: { to: orders, access: 'read' } });
  expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Policy'))).toContain(
    '/index/byDay',
  );
});
