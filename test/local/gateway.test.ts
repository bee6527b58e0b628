// What API Gateway itself does for an Api, by real requests to the local cloud.
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { localClientConfig } from '../../bin/local-storefront.js';
import { ensureUser, signIn } from '../../bin/users.js';
import { type LocalCloud, startLocalCloud } from '../../lib/local/index.js';
import { eventually } from '../support/eventually.js';
import { type Credentials, signed } from '../support/sigv4.js';

const stateDir = mkdtempSync(join(tmpdir(), 'trellis-gateway-'));
let cloud: LocalCloud;
let url: string;
let closed: string;
let direct: string;
let outputs: Readonly<Record<string, string>>;

beforeAll(async () => {
  cloud = await startLocalCloud({ projectDir: join(__dirname, '../api/desk'), port: 0, stateDir });
  const info = await cloud.deploy();
  url = info.apis.desk!;
  closed = info.apis.closed!;
  direct = info.apis.direct!;
  outputs = info.outputs.Desk as Record<string, string>;
}, 180_000);

afterAll(async () => {
  await cloud?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

async function call(
  path: string,
  headers: Record<string, string> = {},
  init: RequestInit = {},
  base = url,
): Promise<ApiResponse> {
  const response = await fetch(`${base}${path}`, { headers, ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
}

/** Returns the status and the title of a problem, after checking its form. */
async function refusal(response: Promise<ApiResponse>) {
  const { status, headers, body } = await response;
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(body).toMatchObject({ type: 'about:blank', instance: expect.stringMatching(/^urn:request:/) });
  return `${status} ${body.title}`;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const config = () => localClientConfig(cloud);
const cognito = () => new CognitoIdentityProviderClient(config());
const person = { email: 'jo@example.com', password: 'A-persons-password-1' };

async function tokensOf(prefix: '' | 'Strangers', groups: readonly string[] = []) {
  const directory = {
    client: cognito(),
    userPoolId: outputs[`${prefix}PoolId`]!,
    clientId: outputs[`${prefix}ClientId`]!,
  };
  const one = { ...person, email: `${groups.join('')}${person.email}` };
  await ensureUser(directory, { ...one, groups });
  return signIn(directory, one);
}

/** A token of a program, by its own id and secret. */
async function machineToken(name: string): Promise<string> {
  const ClientId = outputs[`${name}Id`]!;
  const { UserPoolClient } = await cognito().send(
    new DescribeUserPoolClientCommand({ UserPoolId: outputs.PoolId!, ClientId }),
  );
  const response = await fetch(`${cloud.endpoint}/oauth2/token`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${ClientId}:${UserPoolClient?.ClientSecret}`).toString('base64')}`,
    },
    body: 'grant_type=client_credentials',
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

describe('users', () => {
  it('are let in with an access token, and handlers know who they are', async () => {
    const { accessToken } = await tokensOf('', ['admins']);
    const { status, body } = await call('/admin', bearer(accessToken));
    expect(status).toBe(200);
    expect(body).toEqual({
      sub: expect.any(String),
      groups: ['admins'],
      scopes: ['aws.cognito.signin.user.admin'],
      clientId: outputs.ClientId,
    });
  });

  it('are refused where they are not in the group, or their token lacks the scope', async () => {
    const { accessToken } = await tokensOf('');
    expect((await call('/user', bearer(accessToken))).status).toBe(200);
    expect(await refusal(call('/admin', bearer(accessToken)))).toBe('403 Forbidden');
    expect(await refusal(call('/stock', bearer(accessToken)))).toBe('401 Unauthorized');
  });

  it('are refused without a token, with an ID token and with a token of another pool', async () => {
    const { idToken } = await tokensOf('');
    const { accessToken: strange } = await tokensOf('Strangers');
    expect(await refusal(call('/user'))).toBe('401 Unauthorized');
    expect((await call('/user')).headers.get('www-authenticate')).toBe('Bearer');
    expect(await refusal(call('/user', bearer(idToken)))).toBe('401 Unauthorized');
    expect(await refusal(call('/user', bearer(strange)))).toBe('401 Unauthorized');
  });
});

describe('programs', () => {
  it('are let in by the scopes of their tokens, all of those that the operation asks for', async () => {
    const reader = bearer(await machineToken('reader'));
    const writer = bearer(await machineToken('writer'));
    expect((await call('/stock', reader)).body).toEqual({
      sub: outputs.readerId,
      groups: [],
      scopes: ['stock/read'],
      clientId: outputs.readerId,
    });
    // The gateway is content with one of the scopes; route() is not.
    expect(await refusal(call('/stock', reader, { method: 'PUT' }))).toBe('403 Forbidden');
    expect((await call('/stock', writer, { method: 'PUT' })).status).toBe(200);
  });

  it('are refused with a token that is signed and has expired', async () => {
    const { UserPoolClient } = await cognito().send(
      new DescribeUserPoolClientCommand({ UserPoolId: outputs.PoolId!, ClientId: outputs.readerId! }),
    );
    const { CreationDate: _, LastModifiedDate: __, ClientSecret: ___, ...client } = UserPoolClient!;
    const brief = { AccessTokenValidity: 10, TokenValidityUnits: { AccessToken: 'seconds' as const } };
    await cognito().send(
      new UpdateUserPoolClientCommand({
        ...client,
        UserPoolId: outputs.PoolId!,
        ClientId: outputs.readerId!,
        ...brief,
      }),
    );
    const token = bearer(await machineToken('reader'));
    expect((await call('/stock', token)).status).toBe(200);
    await eventually(
      () => call('/stock', token),
      ({ status }) => status !== 200,
    );
    expect(await refusal(call('/stock', token))).toBe('401 Unauthorized');
  });

  it('are no users', async () => {
    expect(await refusal(call('/user', bearer(await machineToken('writer'))))).toBe('401 Unauthorized');
  });
});

describe('AWS credentials', () => {
  let credentials: Credentials;
  beforeAll(async () => {
    const { AccessKey } = await new IAMClient(config()).send(
      new CreateAccessKeyCommand({ UserName: outputs.CallerName }),
    );
    credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  });

  it('are let in where they are granted, and handlers know whose they are', async () => {
    const { status, body } = await call('/account', signed(`${url}/account`, credentials));
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        account: '000000000000',
        arn: expect.stringMatching(/^arn:aws:iam::000000000000:user\/Desk-Caller/),
        userId: expect.any(String),
      },
    });
  });

  it('are refused for another operation, with a wrong signature and without a signature', async () => {
    const other = signed(`${url}/account/other`, credentials);
    const wrong = signed(`${url}/account`, { ...credentials, secretAccessKey: 'wrong' });
    expect(await refusal(call('/account/other', other))).toBe('403 Forbidden');
    expect(await refusal(call('/account', wrong))).toMatch(/^403 /);
    expect(await refusal(call('/account'))).toMatch(/^40[34] /);
  });
});

describe('a Lambda authorizer', () => {
  it('accepts callers that it knows, and passes its context to handlers with its types', async () => {
    const { status, body } = await call('/partner', bearer('key-of-acme'));
    expect({ status, body }).toEqual({ status: 200, body: { partnerId: 'acme', tier: 2, active: true } });
  });

  it('returns 401 for an unknown caller, 403 for a denied one, 500 when it fails itself', async () => {
    expect(await refusal(call('/partner'))).toBe('401 Unauthorized');
    expect(await refusal(call('/partner', bearer('unknown-key')))).toBe('401 Unauthorized');
    expect(await refusal(call('/partner', bearer('banned')))).toBe('403 Forbidden');
    const broken = await call('/partner', bearer('broken'));
    expect(broken.status).toBe(500);
    expect(JSON.stringify(broken.body)).not.toContain('secret');
  });

  it('of type `request` sees headers and the query, each time anew', async () => {
    const acme = { 'x-tenant': 'acme' };
    const [first, second] = [await call('/tenant?room=a', acme), await call('/tenant?room=a', acme)];
    expect(first.body).toEqual({ tenant: 'acme', asked: 1 });
    expect(second.body).toEqual({ tenant: 'acme', asked: 2 });
    expect(await refusal(call('/tenant?room=b', acme))).toBe('401 Unauthorized');
    expect(await refusal(call('/tenant?room=a'))).toBe('401 Unauthorized');
  });
});

describe('an API key', () => {
  const keyed = async (name: string) => {
    const address = `${cloud.endpoint}/apikeys/${outputs[`${name}Key`]}?includeValue=true`;
    const response = await fetch(address, { headers: signed(address, config().credentials, 'apigateway') });
    return { 'x-api-key': ((await response.json()) as { value: string }).value };
  };

  it('is required', async () => {
    expect(await refusal(call('/metered'))).toBe('403 Forbidden');
    expect(await refusal(call('/metered', { 'x-api-key': 'guessed' }))).toBe('403 Forbidden');
  });

  it('has a quota', async () => {
    const headers = await keyed('quoted');
    for (let count = 0; count < 3; count += 1) expect((await call('/metered', headers)).status).toBe(200);
    expect(await refusal(call('/metered', headers))).toBe('429 Too many requests');
  });

  it('is throttled', async () => {
    const headers = await keyed('throttled');
    for (let count = 0; count < 2; count += 1) expect((await call('/metered', headers)).status).toBe(200);
    expect(await refusal(call('/metered', headers))).toBe('429 Too many requests');
  });
});

describe('a browser', () => {
  const [shop, admin, evil] = ['shop', 'admin', 'evil'].map((name) => `https://${name}.example.com`);
  const allowed = ({ headers }: ApiResponse) => headers.get('access-control-allow-origin');

  it('gets the allowed origin, methods and headers by a preflight request', async () => {
    const ask = (origin: string) =>
      call('/stock', { origin, 'access-control-request-method': 'PUT' }, { method: 'OPTIONS' });
    const response = await ask(admin!);
    expect([response.status, response.body, allowed(response)]).toEqual([204, undefined, admin]);
    expect(response.headers.get('access-control-allow-methods')).toBe('GET, HEAD, PUT');
    expect(response.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(allowed(await ask(shop!))).toBe(shop);
    expect(allowed(await ask(evil!))).not.toBe(evil);
  });

  it('may show responses of functions to pages of the origins', async () => {
    const token = bearer((await tokensOf('')).accessToken);
    expect(allowed(await call('/user', { ...token, origin: admin! }))).toBe(admin);
    expect(allowed(await call('/user', { ...token, origin: evil! }))).toBeNull();
    expect(allowed(await call('/admin', { ...token, origin: shop! }))).toBe(shop);
  });

  it('may show errors of the gateway', async () => {
    const response = await call('/user', { origin: admin! });
    expect([response.status, allowed(response)]).toEqual([401, '*']);
  });
});

describe('a cached route', () => {
  const search = async (query: string, headers = {}) =>
    (await call(`/rooms/a/search?${query}`, headers)).body;

  it('repeats a response, by the keys alone', async () => {
    const first = await search('text=x&page=1');
    expect(first.found).toBe('a x 1');
    expect(await search('text=x&page=2')).toEqual(first);
    expect((await search('text=y&page=1')).asked).toBe(first.asked + 1);
    expect((await call('/rooms/b/search?text=x')).body.found).toBe('b x undefined');
  });

  it('keeps the responses for pages of different origins apart', async () => {
    const allowed = async (origin?: string) =>
      (await call('/rooms/a/search?text=o', origin ? { origin } : {})).headers.get(
        'access-control-allow-origin',
      );
    expect(await allowed()).toBeNull();
    expect(await allowed('https://shop.example.com')).toBe('https://shop.example.com');
    expect(await allowed('https://admin.example.com')).toBe('https://admin.example.com');
  });

  it('cannot be emptied by a caller', async () => {
    const first = await search('text=z');
    expect(await search('text=z', { 'cache-control': 'max-age=0' })).toEqual(first);
  });
});

describe('a response', () => {
  it('is compressed from 1 KB on', async () => {
    const long = `/rooms/a/search?text=${'x'.repeat(2000)}`;
    expect((await call(long, { 'accept-encoding': 'gzip' })).headers.get('content-encoding')).toBe('gzip');
    const short = await call('/rooms/a/search?text=x', { 'accept-encoding': 'gzip' });
    expect(short.headers.get('content-encoding')).toBeNull();
  });
});

describe('an operation without a function', () => {
  const NASTY = 'it\'s "$x" #set($y) \\ </&=%+ é 😀 \n \u2028';
  const order = { item: NASTY, quantity: 2, note: [{ nested: NASTY, nothing: null, number: 1.5 }] };
  const post = (path: string, body: unknown, headers = {}, method = 'POST') =>
    call(
      path,
      { 'content-type': 'application/json', ...headers },
      { method, body: typeof body === 'string' ? body : JSON.stringify(body) },
      direct,
    );

  async function received(name: string) {
    const { Messages } = await new SQSClient(config()).send(
      new ReceiveMessageCommand({
        QueueUrl: outputs[`${name}Url`],
        WaitTimeSeconds: 5,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return Messages?.[0];
  }

  it('sends the body to a queue, with who has sent it', async () => {
    const { accessToken } = await tokensOf('');
    const { body: user } = await call('/user', bearer(accessToken));
    const customer = encodeURIComponent('c-1');
    const { status, body, headers } = await post(`/orders/${customer}`, order, bearer(accessToken));
    expect([status, headers.get('cache-control')]).toEqual([202, 'no-store']);
    const message = await received('Orders');
    expect(message!.MessageId).toBe(body.messageId);
    expect(JSON.parse(message!.Body!)).toEqual(order);
    expect(message!.MessageAttributes).toMatchObject({
      user: { StringValue: user.sub },
      customer: { StringValue: 'c-1' },
    });
  });

  it('sends to a FIFO queue once, and returns no body where the contract has none', async () => {
    for (const _ of [1, 2]) {
      const { status, body } = await post('/orders/c-2', order, {}, 'PUT');
      expect([status, body]).toEqual([202, undefined]);
    }
    expect((await received('InOrder'))!.Attributes).toMatchObject({ MessageGroupId: 'c-2' });
    expect(await received('InOrder')).toBeUndefined();
  });

  it('lets no body pass that its model refuses, nor one that is not JSON', async () => {
    const send = (body: unknown, headers = {}) => refusal(post('/orders/c-3', body, headers, 'PUT'));
    expect(await send({ ...order, quantity: 'two' })).toBe('400 The request is not valid');
    expect(await send({ ...order, more: 1 })).toBe('400 The request is not valid');
    expect(await send('{"item":')).toBe('400 The request is not valid');
    expect(await send(order, { 'content-type': 'text/plain' })).toBe('415 Unsupported media type');
    expect(await refusal(post('/orders/c-3', order))).toBe('401 Unauthorized');
  });

  it('returns an item, and 404 without one', async () => {
    const thing = {
      thingId: 't-1',
      name: NASTY,
      weight: 12.5,
      active: false,
      maker: { name: 'Ann', country: null },
      tags: ['a', NASTY],
      parts: [
        { name: 'leg', sizes: [1, 2] },
        { name: 'top', sizes: [] },
      ],
    };
    const documents = DynamoDBDocumentClient.from(new DynamoDBClient(config()));
    await documents.send(
      new PutCommand({ TableName: outputs.ThingsName, Item: { ...thing, secret: 'hidden' } }),
    );
    const found = await call('/things/t-1', {}, {}, direct);
    expect([found.status, found.body]).toEqual([200, thing]);
    expect(await refusal(call('/things/t-2', {}, {}, direct))).toBe('404 Not found');
  });

  it("returns a user's own item only", async () => {
    const { accessToken } = await tokensOf('');
    const { body: user } = await call('/user', bearer(accessToken));
    const documents = DynamoDBDocumentClient.from(new DynamoDBClient(config()));
    for (const owner of [user.sub, 'another']) {
      const Item = { owner, thingId: 't', text: owner };
      await documents.send(new PutCommand({ TableName: outputs.MineName, Item }));
    }
    expect((await call('/mine/t', bearer(accessToken), {}, direct)).body).toEqual({ text: user.sub });
  });

  it('starts a workflow once for a name', async () => {
    const [first, second] = [
      await post('/runs/run-1', order),
      await post('/runs/run-1', { ...order, quantity: 3 }),
    ];
    expect([first.status, first.body]).toEqual([202, { executionId: 'run-1' }]);
    expect(second.status).toBe(502);
    const executionArn = `${outputs.RunsArn!.replace(':stateMachine:', ':execution:')}:run-1`;
    const { input } = await new SFNClient(config()).send(new DescribeExecutionCommand({ executionArn }));
    expect(JSON.parse(input!)).toEqual(order);
  });

  it('puts an event onto a bus', async () => {
    const { status, body } = await post(`/events/a?reason=${encodeURIComponent(NASTY)}`, order);
    expect([status, body]).toEqual([202, { eventId: expect.any(String) }]);
    const event = JSON.parse((await received('Seen'))!.Body!);
    expect(event).toMatchObject({ id: body.eventId, source: 'desk.test', 'detail-type': 'Order placed' });
    expect(event.detail).toEqual({ body: order, room: 'a', reason: NASTY });
  });
});

describe('the documentation', () => {
  const get = (path: string, headers = {}) => fetch(`${url}/about${path}`, { headers });

  it('is a document and a page, which readers keep until it changes', async () => {
    const document = await get('/openapi.json');
    expect([document.status, document.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await document.json()).toMatchObject({ openapi: '3.1.1', servers: [{ url: '..' }] });
    const page = await get('/docs');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('<h1>desk');
    expect((await get('/docs', { 'if-none-match': page.headers.get('etag')! })).status).toBe(304);
  });
});

it('an API is reached by its domain, below the base path', async () => {
  const { port } = new URL(cloud.endpoint);
  const get = (path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { host: 'desk.example.test' };
      http
        .get({ host: '127.0.0.1', port, path, headers }, (response) => resolve(response.resume().statusCode))
        .on('error', reject);
    });
  expect(await get('/v1/rooms/a/search')).toBe(200);
  expect(await get('/v1/user')).toBe(401);
  expect(await get('/rooms/a/search')).not.toBe(200);
});

it('an API with a policy is closed to those whom it denies', async () => {
  expect(await refusal(call('/nothing', {}, {}, closed))).toBe('403 Forbidden');
});

it('a route is throttled on its own', async () => {
  for (let count = 0; count < 2; count += 1) expect((await call('/slow/1')).status).toBe(200);
  expect(await refusal(call('/slow/2'))).toBe('429 Too many requests');
});
