import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Duration, type Stack } from 'aws-cdk-lib/core';
import { Project, removeProjects } from '../support/project.js';
import { newStack } from '../support/template.js';
import { addDesk, addUsers, type DeskProps, deskRoutes } from './desk/desk.js';

function deskWith(props: Partial<DeskProps>): Stack {
  const stack = newStack();
  addDesk(stack, addUsers(stack), props);
  return stack;
}

it('an API with 100 routes reports at synthesis that its stack is too large, with the remedy', () => {
  expect(() => Template.fromStack(manyRoutes(100))).toThrow(
    /must have at most 500 resources, got 61\d: 6 for each of 100 operations.*Split the contract into two Apis.*`functions: { logGroup }`/,
  );
});

describe('an API with 97 routes and one log group for their functions', () => {
  afterAll(removeProjects);
  let template: any;

  beforeAll(() => {
    template = Template.fromStack(manyRoutes(97, true)).toJSON();
  });

  it('has five resources for each and a dozen others, the maximum of a stack', () => {
    const types = Object.values<any>(template.Resources).map(({ Type }) => Type);
    const each = ['Lambda::Function', 'Lambda::Version', 'Lambda::Alias', 'Lambda::Permission'];
    // One more function sets the account's role for logs.
    const ofOperations = (type: string) =>
      types.filter((one) => one === `AWS::${type}`).length - (type === 'Lambda::Function' ? 1 : 0);
    for (const type of each) expect([type, ofOperations(type)]).toEqual([type, 97]);
    expect(types.filter((one) => one === 'AWS::IAM::Role').length).toBeLessThanOrEqual(98);
    expect(types.length - 5 * 97).toBeLessThanOrEqual(15);
    // CloudFormation's maximum.
    expect(types.length).toBeLessThanOrEqual(500);
  });

  it('has a template of less than 1 MB and a body of much less than 6 MB', () => {
    const { Body } = Object.values<any>(template.Resources).find(
      ({ Type }) => Type === 'AWS::ApiGateway::RestApi',
    ).Properties;
    expect(Buffer.byteLength(JSON.stringify(template))).toBeLessThan(1_000_000);
    expect(Buffer.byteLength(JSON.stringify(Body))).toBeLessThan(400_000);
  });
});

/** Creates a stack with an API of `count` operations, each with a query or a body, and two responses. */
function manyRoutes(count: number, hasOneLogGroup = false): Stack {
  const project = new Project();
  const names = Array.from({ length: count }, (_, index) => `operation${index}`);
  const operations = names.map((name, index) =>
    index % 2
      ? `${name}: { method: 'GET', path: '/things${index}/{id}', auth: 'user', query: z.object({ page: z.string().optional() }), responses: { 200: Thing, 404: Problem } }`
      : `${name}: { method: 'POST', path: '/things${index}', auth: 'user', body: Thing, responses: { 201: Thing, 409: Problem } }`,
  );
  project.write(
    'contract.ts',
    `import { defineApi, Problem } from 'cdk-trellis/contract';
    import * as z from 'zod';
    const Thing = z.object({ name: z.string().max(80), count: z.int().min(0), tags: z.array(z.string()), price: z.object({ amount: z.int(), currency: z.enum(['EUR', 'USD']) }) });
    export const api = defineApi({ name: 'many', version: '1.0.0' }, { ${operations.join(',\n')} });`,
  );
  for (const name of names) {
    project.write(
      `${name}.ts`,
      `import { route } from 'cdk-trellis/runtime';
      import { api } from './contract.js';
      export const handler = route(api.${name}, {}, async () => { throw new Error('never'); });`,
    );
  }
  project.write(
    'stack.ts',
    `import { Api, UserDirectory } from 'cdk-trellis';
    import { api } from './contract.js';
    export const add = (stack, logGroup) => new Api(stack, 'Api', {
      contract: api,
      users: UserDirectory.fromPublished(stack, 'Users', '/users'),
      cors: { origins: ['https://shop.example.com'] },
      functions: { logGroup },
      routes: { ${names.map((name) => `${name}: () => import('./${name}.js')`).join(', ')} },
    });`,
  );
  const stack = newStack();
  require(project.path('stack.ts')).add(stack, hasOneLogGroup ? new LogGroup(stack, 'Logs') : undefined);
  return stack;
}

describe('an Api warns', () => {
  const warnings = (stack: Stack, text: string) =>
    Annotations.fromStack(stack).findWarning('/Stack/Api', Match.stringLikeRegexp(text));

  it('of a function timeout beyond that of the gateway', () => {
    const getSlow = { handler: () => import('./desk/handlers/getSlow.js'), timeout: Duration.minutes(1) };
    const stack = deskWith({ routes: { ...deskRoutes, getSlow } as never });
    expect(
      warnings(stack, 'The function of getSlow has a timeout of 1 minute, but API Gateway responds 504'),
    ).toHaveLength(1);
  });

  it('not by default', () => {
    expect(Annotations.fromStack(deskWith({})).findWarning('*', Match.anyValue())).toEqual([]);
  });
});

describe('the stage', () => {
  it('has variables', () => {
    const template = Template.fromStack(deskWith({ stage: { variables: { tenant: 'acme' } } }));
    template.hasResourceProperties('AWS::ApiGateway::Stage', { Variables: { tenant: 'acme' } });
  });

  it.each<[Record<string, string>, string]>([
    [{ 'a-b': 'x' }, 'names of at most 64 letters, digits and underscores, got "a-b"'],
    [{ ['a'.repeat(65)]: 'x' }, 'names of at most 64'],
    [
      { a: 'it is' },
      '`stage.variables.a` must be at most 512 characters of A-Za-z0-9-._~:/?#&=, got "it is"',
    ],
    [{ a: 'x'.repeat(513) }, '`stage.variables.a` must be at most 512'],
    [
      Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`v${at}`, 'x'])),
      '`stage.variables` must have at most 100 variables, got 101',
    ],
  ])('rejects variables that API Gateway does not allow: %.60p', (variables, message) => {
    expect(() => deskWith({ stage: { variables } })).toThrow(message);
  });
});

it('an API may allow some IP addresses only', () => {
  const statement = (effect: Effect, conditions: object = {}) =>
    new PolicyStatement({
      effect,
      principals: [new AnyPrincipal()],
      actions: ['execute-api:Invoke'],
      resources: ['execute-api:/*'],
      conditions,
    });
  const policy = new PolicyDocument({
    statements: [
      statement(Effect.ALLOW),
      statement(Effect.DENY, { NotIpAddress: { 'aws:SourceIp': ['203.0.113.0/24'] } }),
    ],
  });
  Template.fromStack(deskWith({ restApi: { policy } })).hasResourceProperties('AWS::ApiGateway::RestApi', {
    Policy: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny' })]) },
  });
});

it('the access log has the caller of every kind of authorization, and the response', () => {
  const [stage] = Object.values(Template.fromStack(deskWith({})).findResources('AWS::ApiGateway::Stage'));
  const { Format } = stage!.Properties.AccessLogSetting;
  expect(JSON.parse(Format)).toMatchObject({
    requestId: '$context.requestId',
    traceId: '$context.xrayTraceId',
    status: '$context.status',
    user: '$context.authorizer.claims.sub',
    client: '$context.authorizer.claims.client_id',
    principal: '$context.authorizer.principalId',
    caller: '$context.identity.userArn',
    apiKeyId: '$context.identity.apiKeyId',
    wafStatus: '$context.waf.status',
  });
  // API Gateway's maximum is 3 KB.
  expect(Format.length).toBeLessThan(3072);
});
