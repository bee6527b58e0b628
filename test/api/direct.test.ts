import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { getItem, type Integration, putEvents, sendMessage, startExecution } from 'cdk-trellis';
import { defineApi, Problem } from 'cdk-trellis/contract';
import fc from 'fast-check';
import * as z from 'zod';
import { renderMapping } from '../support/mapping.js';
import { nagFindings } from '../support/nag.js';
import { newStack } from '../support/template.js';
import { directApi } from './desk/contract.js';
import { addUsers } from './desk/desk.js';
import { addDirect, addResources, type DirectProps } from './desk/direct.js';

function templateOf(props: Partial<DirectProps> = {}): Template {
  const stack = newStack();
  addDirect(stack, addUsers(stack), undefined, props);
  return Template.fromStack(stack);
}

const template = templateOf();
const body: any = Object.values(template.findResources('AWS::ApiGateway::RestApi'))[0]!.Properties.Body;
const OPERATIONS = Object.fromEntries(
  Object.values<any>(body.paths)
    .flatMap((item) => Object.values<any>(item))
    .map((operation) => [operation.operationId, operation]),
);
const integrationOf = (name: keyof typeof directApi) =>
  OPERATIONS[name as string]['x-amazon-apigateway-integration'];

/** Returns the text of a template, with `REFERENCE` for each CloudFormation reference. */
function textOf(value: any): string {
  if (typeof value === 'string') return value;
  return value['Fn::Join'][1]
    .map((part: unknown) => (typeof part === 'string' ? part : 'REFERENCE'))
    .join('');
}
const requestOf = (name: keyof typeof directApi) =>
  textOf(integrationOf(name).requestTemplates['application/json']);
const responseOf = (name: keyof typeof directApi, pattern = '2\\d{2}') =>
  textOf(integrationOf(name).responses[pattern].responseTemplates['application/json']);

/** Strings with quotes, escapes, and the syntax of Velocity and of forms. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '"',
      "'",
      '\\',
      '/',
      '$',
      '#',
      '{',
      '}',
      '&',
      '=',
      '%',
      '+',
      '\n',
      '\u0000',
      '\u2028',
      'é',
      '😀',
      '\ud800',
      'a',
      '$util',
      '#set',
      '#end',
      '$input.body',
    ),
  }),
);
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify({ nasty: value }));

describe('an operation without a function', () => {
  it('has its own role, which allows one action on one resource', () => {
    const policies = Object.entries(template.findResources('AWS::IAM::Role'))
      .filter(([id]) => id.startsWith('DirectIntegrations'))
      .map(([, { Properties }]) => {
        const [statement, ...others] = Properties.Policies[0].PolicyDocument.Statement;
        expect(others).toEqual([]);
        expect(Properties.AssumeRolePolicyDocument.Statement[0].Principal).toEqual({
          Service: 'apigateway.amazonaws.com',
        });
        expect(statement.Resource).not.toBe('*');
        return statement.Action;
      });
    expect(policies.sort()).toEqual([
      'dynamodb:GetItem',
      'dynamodb:GetItem',
      'events:PutEvents',
      'sqs:SendMessage',
      'sqs:SendMessage',
      'states:StartExecution',
    ]);
  });

  it('has no function and no permission: the only function sets the role for logs', () => {
    const functions = Object.keys(template.findResources('AWS::Lambda::Function'));
    expect(functions).toEqual([expect.stringMatching(/^ApiGatewayLoggingFunction/)]);
    template.resourceCountIs('AWS::Lambda::Permission', 0);
  });

  it('may use the KMS key of its resource', () => {
    const stack = newStack();
    const encryptionMasterKey = new Key(stack, 'Key');
    const resources = { ...addResources(stack), orders: new Queue(stack, 'Secret', { encryptionMasterKey }) };
    addDirect(stack, addUsers(stack), resources);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
      Policies: [
        {
          PolicyDocument: {
            Statement: [
              Match.objectLike({ Action: 'sqs:SendMessage' }),
              Match.objectLike({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }),
            ],
          },
        },
      ],
    });
  });

  it('has its body validated by the gateway, and accepts JSON only', () => {
    for (const name of ['sendOrder', 'sendInOrder', 'run', 'publish']) {
      expect(OPERATIONS[name]['x-amazon-apigateway-request-validator']).toBe('all');
      expect(OPERATIONS[name]['x-amazon-apigateway-integration'].passthroughBehavior).toBe('never');
    }
    expect(OPERATIONS.getThing['x-amazon-apigateway-request-validator']).toBe('parameters');
  });

  it('declares every status and header that it returns, which API Gateway requires', () => {
    for (const operation of Object.values<any>(OPERATIONS)) {
      for (const response of Object.values<any>(operation['x-amazon-apigateway-integration'].responses)) {
        const declared = Object.keys(operation.responses[response.statusCode].headers);
        expect(Object.keys(response.responseParameters)).toEqual(
          declared.map((name) => `method.response.header.${name}`),
        );
      }
    }
  });

  it('returns a problem when the service fails', () => {
    for (const name of Object.keys(directApi) as (keyof typeof directApi)[]) {
      const { statusCode, responseParameters } = integrationOf(name).responses.default;
      expect([statusCode, responseParameters['method.response.header.Content-Type']]).toEqual([
        '502',
        "'application/problem+json'",
      ]);
      expect(JSON.parse(renderMapping(responseOf(name, 'default')).text)).toEqual({
        type: 'about:blank',
        title: 'Bad gateway',
        status: 502,
        detail: 'The service rejected the request.',
        instance: 'urn:request:request-1',
      });
    }
  });

  it('returns CORS headers', () => {
    const stack = newStack();
    const [shop, admin] = ['https://shop.example.com', 'https://admin.example.com'];
    addDirect(stack, addUsers(stack), undefined, { cors: { origins: [shop!, admin!] } });
    const [api] = Object.values(Template.fromStack(stack).findResources('AWS::ApiGateway::RestApi'));
    const { responses } =
      api!.Properties.Body.paths['/things/{thingId}'].get['x-amazon-apigateway-integration'];
    for (const response of Object.values<any>(responses)) {
      expect(response.responseParameters).toMatchObject({
        'method.response.header.Access-Control-Allow-Origin': `'${shop}'`,
      });
      const mapped = renderMapping(textOf(response.responseTemplates['application/json']), {
        body: '{}',
        params: { header: { origin: admin! } },
      });
      expect(mapped.headers['Access-Control-Allow-Origin']).toBe(admin);
    }
  });

  it('has no findings of cdk-nag besides those of the test resources', () => {
    const findings = nagFindings((stack) => addDirect(stack, addUsers(stack)));
    expect(findings.filter((finding) => finding.includes('Stack/Direct'))).toEqual([]);
  });
});

describe('sendMessage', () => {
  it('sends a form to the queue', () => {
    expect(integrationOf('sendOrder')).toMatchObject({
      type: 'aws',
      httpMethod: 'POST',
      uri: { 'Fn::Join': ['', Match.anyValue() && expect.arrayContaining([':sqs:path/'])] },
      requestParameters: {
        'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'",
      },
    });
  });

  it('forwards the body and the values, with any characters', () => {
    fc.assert(
      fc.property(nasty, nasty, (text, customerId) => {
        fc.pre(text.isWellFormed() && customerId.isWellFormed());
        const { text: form } = renderMapping(requestOf('sendOrder'), {
          body: text,
          params: { path: { customerId } },
          authorizer: { claims: { sub: 'u1' } },
        });
        expect(Object.fromEntries(new URLSearchParams(form))).toEqual({
          Action: 'SendMessage',
          Version: '2012-11-05',
          MessageBody: text,
          'MessageAttribute.1.Name': 'user',
          'MessageAttribute.1.Value.DataType': 'String',
          'MessageAttribute.1.Value.StringValue': 'u1',
          'MessageAttribute.2.Name': 'customer',
          'MessageAttribute.2.Value.DataType': 'String',
          'MessageAttribute.2.Value.StringValue': customerId,
          // A worker with `idempotency()` identifies the message by it, also after a redrive.
          'MessageAttribute.3.Name': 'messageId',
          'MessageAttribute.3.Value.DataType': 'String',
          'MessageAttribute.3.Value.StringValue': 'request-1',
        });
      }),
    );
  });

  it('keeps the order of a FIFO queue', () => {
    const { text } = renderMapping(requestOf('sendInOrder'), {
      body: '{}',
      params: { path: { customerId: 'c 1' } },
    });
    expect(text).toContain(
      'Action=SendMessage&Version=2012-11-05&MessageBody=%7B%7D&MessageGroupId=c+1&MessageDeduplicationId=c+1&',
    );
  });

  it('returns the id of the message, or an empty body if the contract has none', () => {
    const response = JSON.stringify({ SendMessageResponse: { SendMessageResult: { MessageId: 'm1' } } });
    expect(renderMapping(responseOf('sendOrder'), { body: response }).text).toBe('{"messageId":"m1"}');
    expect(renderMapping(responseOf('sendInOrder'), { body: response }).text).toBe('');
  });
});

describe('startExecution', () => {
  it('starts an execution with the body as its input, which cannot break out of it', () => {
    fc.assert(
      fc.property(json, nasty, (body, runId) => {
        const { text } = renderMapping(requestOf('run'), { body, params: { path: { runId } } });
        const { input, ...rest } = JSON.parse(text);
        expect(rest).toEqual({ stateMachineArn: 'REFERENCE', name: runId });
        expect(JSON.parse(input)).toEqual(JSON.parse(body));
      }),
    );
  });

  it('returns the name of the execution', () => {
    const executionArn = 'arn:aws:states:eu-west-1:123456789012:execution:Runs:run-1';
    expect(renderMapping(responseOf('run'), { body: JSON.stringify({ executionArn }) }).text).toBe(
      '{"executionId":"run-1"}',
    );
  });
});

describe('putEvents', () => {
  it('puts one event with the body and the values as its detail, which cannot break out of it', () => {
    expect(integrationOf('publish').requestParameters).toMatchObject({
      'integration.request.header.X-Amz-Target': "'AWSEvents.PutEvents'",
    });
    fc.assert(
      fc.property(json, nasty, nasty, (body, room, reason) => {
        const { text } = renderMapping(requestOf('publish'), {
          body,
          params: { path: { room }, querystring: { reason } },
        });
        const { Entries } = JSON.parse(text);
        const [{ Detail, ...rest }, ...others] = Entries;
        expect([rest, others]).toEqual([
          { Source: 'desk.test', DetailType: 'Order placed', EventBusName: 'REFERENCE' },
          [],
        ]);
        expect(JSON.parse(Detail)).toEqual({ body: JSON.parse(body), room, reason });
      }),
    );
  });

  it('returns the id of the event, and 502 when EventBridge rejects it', () => {
    const accepted = { FailedEntryCount: 0, Entries: [{ EventId: 'e1' }] };
    expect(renderMapping(responseOf('publish'), { body: JSON.stringify(accepted) })).toMatchObject({
      text: '{"eventId":"e1"}',
      headers: {},
    });
    const rejected = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] };
    const { status, text, headers } = renderMapping(responseOf('publish'), {
      body: JSON.stringify(rejected),
    });
    expect([status, headers['Content-Type']]).toEqual([502, 'application/problem+json']);
    expect(JSON.parse(text)).toMatchObject({ status: 502, title: 'Bad gateway' });
  });
});

describe('getItem', () => {
  it('requests the item of the key, with any characters', () => {
    fc.assert(
      fc.property(nasty, nasty, (thingId, sub) => {
        const { text } = renderMapping(requestOf('getMine'), {
          params: { path: { thingId } },
          authorizer: { claims: { sub } },
        });
        expect(JSON.parse(text)).toEqual({
          TableName: 'REFERENCE',
          Key: { owner: { S: sub }, thingId: { S: thingId } },
          ConsistentRead: true,
        });
      }),
    );
  });

  it('returns the properties of the contract, of every type and with any characters', () => {
    const text = nasty.filter((string) => string.isWellFormed());
    const things = fc.record(
      {
        thingId: text,
        name: text,
        size: fc.constantFrom('small', 'large'),
        weight: fc.integer(),
        active: fc.boolean(),
        maker: fc.record({ name: text, country: fc.option(text) }),
        tags: fc.array(text, { maxLength: 3 }),
        parts: fc.array(fc.record({ name: text, sizes: fc.array(fc.integer(), { maxLength: 2 }) }), {
          maxLength: 3,
        }),
      },
      { requiredKeys: ['thingId', 'name', 'weight', 'active', 'maker', 'tags'] },
    );
    fc.assert(
      fc.property(things, (thing) => {
        const { M } = attributeOf({ ...thing, secret: 'not in the contract' }) as any;
        const mapped = renderMapping(responseOf('getThing'), { body: JSON.stringify({ Item: M }) });
        expect(JSON.parse(mapped.text)).toEqual(thing);
        expect(mapped.status).toBeUndefined();
      }),
    );
  });

  it('returns 404 when the item does not exist', () => {
    const { status, text, headers } = renderMapping(responseOf('getThing'), { body: '{}' });
    expect([status, headers['Content-Type']]).toEqual([404, 'application/problem+json']);
    expect(JSON.parse(text)).toMatchObject({ status: 404, title: 'Not found' });
  });
});

/** Marshals a value for DynamoDB. */
function attributeOf(value: unknown): object {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(attributeOf) };
  return {
    M: Object.fromEntries(Object.entries(value as object).map(([key, member]) => [key, attributeOf(member)])),
  };
}

describe('an integration is rejected', () => {
  const stack = newStack();
  const { orders, inOrder, things, runs, events } = addResources(stack);
  const put = { source: 'shop', detailType: 'Placed' };
  const start = { method: 'POST', path: '/orders/{id}', auth: 'user', body: z.object({}) } as const;
  const get = { method: 'GET', path: '/orders/{id}', auth: 'user', body: undefined } as const;
  const sent = { 202: z.object({ messageId: z.string() }) };
  const item = { 200: z.object({ id: z.string() }), 404: Problem };

  it.each<[string, Integration<any>, object, string]>([
    [
      'without a body to forward',
      sendMessage(orders),
      { ...get, responses: sent },
      'sendMessage requires an operation with a JSON body, which it forwards',
    ],
    [
      'with another response',
      sendMessage(orders),
      { ...start, responses: { 202: z.object({ id: z.string() }) } },
      '`responses.202` must accept {"messageId":"5fea7756-0ea4-451a-a703-a558b933e274"}, which sendMessage returns',
    ],
    [
      'with several successful statuses',
      startExecution(runs),
      { ...start, responses: { 200: {}, 202: {} } },
      'startExecution requires an operation with one status below 300, got 200, 202',
    ],
    [
      'for a group, which only a function checks',
      sendMessage(orders),
      { ...start, auth: { group: 'admins' }, responses: sent },
      'sendMessage does not support a group, which only a function checks',
    ],
    [
      'for several scopes, of which the gateway would accept one',
      sendMessage(orders),
      { ...start, auth: { scopes: ['a/b', 'a/c'] }, responses: sent },
      'sendMessage supports one scope, because API Gateway accepts any of several, got a/b, a/c',
    ],
    [
      'with an idempotency key',
      sendMessage(orders),
      { ...start, idempotencyKey: true, responses: sent },
      'sendMessage does not support `idempotencyKey`',
    ],
    [
      'with headers',
      sendMessage(orders),
      { ...start, headers: z.object({ 'x-a': z.string() }), responses: sent },
      'sendMessage does not support `headers`',
    ],
    [
      'with a value that requests do not have',
      sendMessage(orders, { attributes: { who: 'params.userId' } }),
      { ...start, responses: sent },
      '`attributes.who` must be one of params.id, user.sub, user.username, user.clientId, got "params.userId"',
    ],
    [
      'with an optional value',
      sendMessage(orders, { attributes: { who: 'query.who' } }),
      { ...start, query: z.object({ who: z.string().optional() }), responses: sent },
      '`attributes.who` must be one of params.id, user.sub',
    ],
    [
      'with a reserved attribute name',
      sendMessage(orders, { attributes: { 'aws.who': 'user.sub' } }),
      { ...start, responses: sent },
      '`attributes` must have names of letters, digits, hyphens and points, got "aws.who"',
    ],
    [
      'with a FIFO queue and no group',
      sendMessage(inOrder),
      { ...start, responses: sent },
      '`groupId` must be set for a FIFO queue, got undefined',
    ],
    [
      'with a deduplication id for a standard queue',
      sendMessage(orders, { deduplicationId: 'params.id' }),
      { ...start, responses: sent },
      '`deduplicationId` requires a FIFO queue, got a standard queue',
    ],
    [
      'with a value named body',
      putEvents(events, { ...put, values: { body: 'params.id' } }),
      { ...start, responses: { 202: {} } },
      '`values` must have names like customerId other than body, got "body"',
    ],
    [
      'with a reserved source',
      putEvents(events, { ...put, source: 'aws.ec2' }),
      { ...start, responses: { 202: {} } },
      '`source` must be 1 to 256 letters, digits and ./_-, and not begin with "aws.", got "aws.ec2"',
    ],
    [
      'with a quotation mark in the detail type',
      putEvents(events, { ...put, detailType: 'a"' }),
      { ...start, responses: { 202: {} } },
      '`detailType` must be 1 to 128 letters',
    ],
    [
      'without a 404',
      getItem(things, { key: { thingId: 'params.id' } }),
      { ...get, responses: { 200: item[200] } },
      '`responses` must have a 404, which getItem returns when the item does not exist',
    ],
    [
      'with a response that is not an object',
      getItem(things, { key: { thingId: 'params.id' } }),
      { ...get, responses: { 200: z.array(z.string()), 404: Problem } },
      'getItem returns an item: the schema of the response must be an object',
    ],
    [
      'with a response of an unsupported type',
      getItem(things, { key: { thingId: 'params.id' } }),
      {
        ...get,
        responses: {
          200: z.object({ a: z.array(z.object({ b: z.union([z.string(), z.int()]) })) }),
          404: Problem,
        },
      },
      'getItem supports objects, arrays, strings, numbers, booleans and null, got union at `a[].b`',
    ],
    [
      'with three keys',
      getItem(things, { key: { a: 'params.id', b: 'params.id', c: 'params.id' } }),
      { ...get, responses: item },
      '`key` must have one or two attributes, got 3',
    ],
  ])('%s', (_case, integration, operation, message) => {
    const contract = defineApi({ name: 'x', version: '1.0.0' }, { op: operation as never });
    expect(integration.validate(contract.op as never).join('\n')).toContain(message);
  });

  it('by Api, with the name of its route', () => {
    expect(() =>
      templateOf({ routes: { ...routesOf(orders), sendOrder: sendMessage(inOrder) } as never }),
    ).toThrow(/`routes.sendOrder`: `groupId` must be set[\s\S]*\(at Stack\/Direct\)/);
  });

  const routesOf = (queue: Queue) =>
    Object.fromEntries(Object.keys(directApi).map((name) => [name, sendMessage(queue)]));
});
