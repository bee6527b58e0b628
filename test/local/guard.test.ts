import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { callControl } from '../../lib/local/control.js';
import { signed } from '../support/sigv4.js';
import { Emulator } from './emulator.js';
import { deployGuardedApp, type GuardedApp, PARTNER } from './guarded-app.js';
import { rawRequest, webSocketStatus } from './raw-request.js';

const EVIL = 'http://evil.example';

/** DynamoDB returns 400 for an invalid signature, other services 403. */
const REFUSALS = [400, 403];

let emulator: Emulator;
let app: GuardedApp;
beforeAll(async () => {
  emulator = await Emulator.start();
  app = await deployGuardedApp(emulator);
});
afterAll(() => emulator?.stop());

const ask = (path: string, init?: RequestInit) => fetch(`${emulator.endpoint}${path}`, init);
const status = async (path: string, init?: RequestInit) => (await ask(path, init)).status;
const target = (name: string) => ({ 'x-amz-target': name, 'content-type': 'application/x-amz-json-1.1' });
const corsOf = ({ headers }: Response) => headers.get('access-control-allow-origin');

describe('an address of the app that serves no request', () => {
  const query = 'Action=GetSessionToken&Version=2011-06-15';
  const json = ['X-Amz-Target: DynamoDB_20120810.ListTables', 'Authorization: Bearer x'];

  it.each([
    ['a load balancer with the label of a service', 'sts.x.alb.localhost', 'POST /zzz', [], query],
    ['a sign-in page with the label of a service', 'sts.localhost', 'POST /saml2/logout', [], query],
    ['a sign-in page with the target of a service', 'localhost', 'POST /saml2/logout', json, '{}'],
    ['another sign-in page', 'localhost', 'PUT /login', json, '{}'],
    ['a load balancer', 'a.alb.localhost', 'POST /', json, '{}'],
    ['the path of a load balancer', 'localhost', 'POST /_alb/none/x', json, '{}'],
    ['the path of a GraphQL API', 'localhost', 'POST /v1/apis/x/graphql', json, '{}'],
    ['a link of SNS', 'localhost', 'GET /?Action=ConfirmSubscription', json, '{}'],
  ])('reaches no service by %s without a signature', async (_, host, line, headers, body) => {
    const { port } = emulator.instance;
    const lines = [`${line} HTTP/1.1`, `Host: ${host}:${port}`, 'Content-Type: text/plain', ...headers];
    expect(await rawRequest(port, lines, body)).toBeGreaterThanOrEqual(400);
  });

  it('opens no WebSocket to a service', async () => {
    const { port } = emulator.instance;
    const headers = [`Host: iot.us-east-1.alb.localhost:${port}`, 'Sec-WebSocket-Protocol: mqtt'];
    expect(await webSocketStatus(port, '/mqtt', headers)).toBe(403);
  });

  it.each(['/login', '/logout', '/oauth2/token', '/saml2/logout', '/_aws/lambda-url/x/'])(
    'opens no WebSocket to a service by the path %s of the app',
    async (path) => {
      const { port } = emulator.instance;
      const headers = [`Host: iot.us-east-1.localhost:${port}`, 'Sec-WebSocket-Protocol: mqtt'];
      expect(await webSocketStatus(port, path, headers)).toBe(403);
    },
  );
});

describe("the emulator's own interface", () => {
  it.each([
    ['GET', '/_trellis/instance'],
    ['POST', '/_trellis/save'],
    ['POST', '/_trellis/edge'],
    ['POST', '/_trellis/anything'],
    ['POST', '/_ministack/reset'],
    ['POST', '/_ministack/config'],
    ['GET', '/_ministack/health'],
    ['GET', '/_ministack/sqs/messages'],
    ['GET', '/_ministack/lambda-code/000000000000/us-east-1/Echo'],
    ['GET', '/_localstack/health'],
    ['GET', '/health'],
    ['POST', '/%5Fministack/reset'],
    ['POST', '//_ministack/reset'],
    ['POST', '/_ministack/./reset'],
  ])('refuses %s %s without the token, or with another one', async (method, path) => {
    expect(await status(path, { method })).toBe(403);
    expect(await status(path, { method, headers: { authorization: 'Bearer guess' } })).toBe(403);
    const { token } = emulator.instance;
    expect(await status(path, { method, headers: { authorization: `Bearer ${token}x` } })).toBe(403);
  });

  it('accepts its owner, but no page in a browser, and reports what a request must have', async () => {
    const asked = { timeout: 5_000 };
    const response = await callControl(emulator.instance, '/_trellis/instance', asked);
    expect(await response.json()).toEqual({ instance: emulator.instance.instance, pid: emulator.pid });
    const headers = { authorization: `Bearer ${emulator.instance.token}`, origin: EVIL };
    expect(await status('/_trellis/instance', { headers })).toBe(403);
    const body = { domain: 'd.cloudfront.net' };
    const wrong = await callControl(emulator.instance, '/_trellis/edge', { method: 'POST', body, ...asked });
    expect([wrong.status, await wrong.json()]).toEqual([
      400,
      { message: 'expected {"domain": text, "port": number}' },
    ]);
  });

  it("serves a function's code at the presigned URL of Lambda only", async () => {
    const lambda = new LambdaClient(emulator.client);
    const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: 'Echo' }));
    const { pathname, search } = new URL(Code?.Location as string);
    expect(await status(pathname + search)).toBe(200);
    expect(await status(pathname.replace('Echo', 'Api') + search)).toBe(403);
  });
});

describe("AWS's services", () => {
  it.each([
    ['GET', '/'],
    ['POST', '/'],
    ['GET', '/?Action=ListUsers&Version=2010-05-08'],
    [
      'POST',
      '/?Action=AssumeRoleWithWebIdentity&RoleArn=arn:aws:iam::000000000000:role/EchoRole&WebIdentityToken=x',
    ],
    ['POST', '/?Action=AssumeRoleWithSAML&RoleArn=arn:aws:iam::000000000000:role/EchoRole&SAMLAssertion=x'],
    ['GET', '/2015-03-31/functions'],
    ['POST', '/2015-03-31/functions/Echo/invocations'],
    ['GET', '/restapis'],
    ['GET', '/v2/apis'],
    ['GET', '/v2/_catalog'],
    ['GET', '/v20180820/accesspoint'],
    ['GET', '/iceberg/v1/config'],
    ['POST', '/Execute'],
    ['GET', '/v2/email/identities'],
    ['GET', '/latest/meta-data/iam/security-credentials/'],
    ['GET', '/nothing/at/all'],
    ['OPTIONS', '/'],
    ['OPTIONS', '/2015-03-31/functions'],
  ])('refuse %s %s without a signature, and with one that is not its', async (method, path) => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=00';
    for (const headers of [undefined, { authorization }]) {
      const response = await ask(path, { method, headers });
      expect(REFUSALS).toContain(response.status);
      expect(corsOf(response)).toBeNull();
    }
    const query = `${path.includes('?') ? '&' : '?'}X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test/20260101/us-east-1/iam/aws4_request&X-Amz-SignedHeaders=host&X-Amz-Date=20260101T000000Z&X-Amz-Signature=00`;
    expect(REFUSALS).toContain(await status(path + query, { method }));
  });

  const identity = (headers: Record<string, string>, credentials = emulator.instance.credentials) => {
    const path = '/?Action=GetCallerIdentity&Version=2011-06-15';
    return ask(path, { headers: { ...signed(emulator.endpoint + path, credentials, 'sts'), ...headers } });
  };

  it('accept a request with a valid signature, without CORS', async () => {
    const response = await identity({});
    expect([response.status, corsOf(response)]).toEqual([200, null]);
    expect((await identity({ 'sec-fetch-site': 'same-origin', origin: emulator.endpoint })).status).toBe(200);
  });

  it.each<Record<string, string>>([
    { origin: EVIL },
    { origin: 'null' },
    { origin: 'http://localhost:3000' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('refuse pages, also with a good signature: %p', async (headers) => {
    const response = await identity(headers);
    expect([response.status, corsOf(response)]).toEqual([403, null]);
  });

  it('refuse a body that is not the one whose hash was signed', async () => {
    const url = `${emulator.endpoint}/`;
    const { credentials } = emulator.instance;
    const post = { method: 'POST', body: '{"Limit":1}' };
    const good = { ...signed(url, credentials, 'dynamodb', post), ...target('DynamoDB_20120810.ListTables') };
    expect((await fetch(url, { ...post, headers: good })).status).toBe(200);
    expect((await fetch(url, { ...post, body: '{"Limit":2}', headers: good })).status).toBe(400);
  });

  it('refuse a signature that is older than they allow', async () => {
    const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
    const now = jest.spyOn(Date.prototype, 'toISOString').mockReturnValue(anHourAgo);
    const asked = identity({});
    now.mockRestore();
    expect((await asked).status).toBe(403);
  });
});

describe('the address of a request', () => {
  it.each([
    ['another name', ['Host: evil.example']],
    ['another name with this port', ['Host: evil.example:PORT']],
    ['a name that begins like this machine', ['Host: 127.0.0.1.evil.example:PORT']],
    ['a name that ends nearly like it', ['Host: evillocalhost:PORT']],
    ['a name of AWS without a signature', ['Host: sqs.us-east-1.amazonaws.com']],
    ['a distribution that is not there', ['Host: d0000000000000.cloudfront.net']],
    ['a dot at the end', ['Host: localhost.:PORT']],
    ['another port', ['Host: 127.0.0.1:1']],
    ['no port', ['Host: 127.0.0.1']],
    ['another address', ['Host: 0.0.0.0:PORT']],
    ['user information', ['Host: user@127.0.0.1:PORT']],
    ['no name', ['Host:']],
    ['two names', ['Host: 127.0.0.1:PORT', 'Host: evil.example']],
  ])('must be of this machine, not %s, on each port and for each path', async (_, headers) => {
    const ports = [emulator.instance.port, Number(new URL(app.site).port)];
    const paths = ['/', app.httpApi, app.functionUrl, '/health', '/photos/a.txt', '/_trellis/instance'];
    for (const port of ports)
      for (const path of paths) {
        const lines = [`GET ${path} HTTP/1.1`, ...headers.map((line) => line.replace('PORT', String(port)))];
        expect(REFUSALS).toContain(await rawRequest(port, lines));
      }
  });

  it('is checked in HTTP/2, too', async () => {
    const session = connect(emulator.endpoint);
    const statusOf = (authority: string) =>
      new Promise((resolve, reject) => {
        const headers = { ':path': app.httpApi, ':authority': authority };
        session
          .request(headers)
          .on('response', (response) => resolve(response[':status']))
          .on('error', reject);
      });
    expect(await statusOf(new URL(emulator.endpoint).host)).toBe(200);
    expect(await statusOf('evil.example')).toBe(403);
    session.destroy();
  });

  it('may be any name of this machine', async () => {
    const { port } = emulator.instance;
    for (const host of ['127.0.0.1', 'localhost', 'LocalHost', '[::1]', 'photos.localhost'])
      expect(await rawRequest(port, [`GET ${app.httpApi} HTTP/1.1`, `Host: ${host}:${port}`])).toBe(200);
  });

  it('must be a path', async () => {
    const { port } = emulator.instance;
    for (const asked of [`http://evil.example${app.httpApi}`, `http://127.0.0.1:${port}${app.httpApi}`, '*'])
      expect(await rawRequest(port, [`GET ${asked} HTTP/1.1`, `Host: 127.0.0.1:${port}`])).toBeGreaterThan(
        399,
      );
    const connected = await rawRequest(port, [
      'CONNECT evil.example:443 HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
    ]);
    expect(connected).toBeGreaterThan(399);
  });

  it('is checked for WebSockets, too, which only APIs have', async () => {
    const { port } = emulator.instance;
    for (const headers of [
      [`Host: evil.example:${port}`],
      [`Host: 127.0.0.1:${port}`],
      ['Host: iot.us-east-1.localhost'],
    ])
      expect(await webSocketStatus(port, '/', headers)).toBe(403);
    const page = [`Origin: ${EVIL}`];
    expect(await webSocketStatus(port, app.socketApi, [`Host: 127.0.0.1:${port}`, ...page])).toBe(101);
    expect(await webSocketStatus(port, app.socketApi, [`Host: evil.example:${port}`, ...page])).toBe(403);
  });
});

describe("the deployed app's own addresses", () => {
  it.each([
    ['a function URL', () => app.functionUrl],
    ['an HTTP API', () => app.httpApi],
    [
      'an object by a presigned URL',
      async () => {
        const url = new URL(
          await getSignedUrl(app.s3, new GetObjectCommand({ Bucket: 'photos', Key: 'a b.txt' })),
        );
        return url.pathname + url.search;
      },
    ],
  ])('accept every origin, with the CORS headers of the app: %s', async (_, pathOf) => {
    const path = await pathOf();
    for (const [origin, allowed] of [
      [PARTNER, PARTNER],
      [EVIL, null],
    ] as const) {
      const response = await ask(path, { headers: { origin, 'sec-fetch-site': 'cross-site' } });
      expect([response.status, corsOf(response)]).toEqual([200, allowed]);
      const headers = { origin, 'access-control-request-method': 'GET' };
      expect(corsOf(await ask(path, { method: 'OPTIONS', headers }))).toBe(allowed);
    }
  });

  it('take uploads of a form that S3 has signed', async () => {
    const { url, fields } = await createPresignedPost(app.s3, { Bucket: 'photos', Key: 'new.txt' });
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('file', new Blob(['new']));
    const uploaded = await fetch(url, { method: 'POST', body: form, headers: { origin: PARTNER } });
    expect([uploaded.status, corsOf(uploaded)]).toEqual([204, PARTNER]);
    form.set('Policy', `${fields.Policy}x`);
    expect((await fetch(url, { method: 'POST', body: form })).status).toBe(403);
  });

  it('sign users in from every origin, by the operations that need no signature', async () => {
    const { client, pool } = app;
    const headers = { ...target('AWSCognitoIdentityProviderService.SignUp'), origin: EVIL };
    const preflight = {
      origin: EVIL,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-amz-target,x-amz-user-agent',
    };
    const allowed = await ask('/', { method: 'OPTIONS', headers: preflight });
    expect([allowed.status, corsOf(allowed)]).toEqual([200, '*']);
    const body = JSON.stringify({ ClientId: client, Username: 'ann', Password: 'A-password-of-hers-1' });
    const response = await ask('/', { method: 'POST', headers, body });
    expect([response.status, corsOf(response)]).toEqual([200, '*']);
    const keys = await ask(`/${pool}/.well-known/jwks.json`, { headers: { origin: EVIL } });
    expect([keys.status, corsOf(keys)]).toEqual([200, '*']);
    const admin = { ...headers, ...target('AWSCognitoIdentityProviderService.ListUsers') };
    const refused = await ask('/', {
      method: 'POST',
      headers: admin,
      body: JSON.stringify({ UserPoolId: pool }),
    });
    expect([refused.status, corsOf(refused)]).toEqual([403, null]);
    const signing = { ...preflight, 'access-control-request-headers': 'authorization,x-amz-target' };
    expect(await status('/', { method: 'OPTIONS', headers: signing })).toBe(403);
  });

  it('take GraphQL from every origin, as AppSync does, and leave its management to signatures', async () => {
    const path = '/v1/apis/none/graphql';
    const preflight = { origin: EVIL, 'access-control-request-method': 'POST' };
    expect(corsOf(await ask(path, { method: 'OPTIONS', headers: preflight }))).toBe('*');
    const response = await ask(path, {
      method: 'POST',
      headers: { origin: EVIL },
      body: '{"query":"{ a }"}',
    });
    expect([response.status, corsOf(response)]).toEqual([404, '*']);
    for (const [method, other] of [
      ['GET', path],
      ['DELETE', '/v1/apis/none'],
      ['POST', '/v1/apis'],
    ])
      expect(await status(other as string, { method })).toBe(403);
  });

  it("are those of the site on the site's port, whatever a path is called", async () => {
    const response = await fetch(`${app.site}/_trellis/save`, { method: 'POST', headers: { origin: EVIL } });
    expect([response.status, response.headers.has('x-amz-cf-id')]).toEqual([403, true]);
    expect((await fetch(app.site, { headers: { origin: EVIL } })).status).toBe(200);
  });
});

const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux('listens on loopback only', () => {
  const folder = `/proc/${emulator.pid}/fd`;
  const own = readdirSync(folder).map((name) => {
    try {
      return readlinkSync(join(folder, name));
    } catch {
      return 'closed meanwhile';
    }
  });
  // https://docs.kernel.org/networking/proc_net_tcp.html
  const [listening, loopback] = ['0A', '0100007F'];
  const sockets = ['tcp', 'tcp6']
    .flatMap((file) => readFileSync(`/proc/net/${file}`, 'utf8').split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listening && own.includes(`socket:[${fields[9]}]`));
  const addresses = sockets.map(([, address]) => address?.split(':')[0]);
  expect(addresses).toEqual([loopback, loopback]);
});

it('keeps what it holds, its log and its temporary files readable by its owner only', async () => {
  await emulator.save();
  const { folder } = emulator.state;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file));
  expect(files.length).toBeGreaterThan(5);
  const scratch = join(tmpdir(), `trellis-${emulator.instance.instance}`);
  const open = [folder, ...files, scratch].filter((file) => statSync(file).mode & 0o077);
  expect(open).toEqual([]);
});
