import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../behaviour/browser.js';
import { Emulator } from './emulator.js';
import { deployGuardedApp, type GuardedApp, PARTNER } from './guarded-app.js';

let emulator: Emulator;
let app: GuardedApp;
let browser: Browser;
let pages: Server;
beforeAll(async () => {
  emulator = await Emulator.start();
  app = await deployGuardedApp(emulator);
  pages = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>page</title>');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => pages.once('listening', resolve));
  const { port } = pages.address() as AddressInfo;
  // Foreign domain names: one leads to a separate server, and to the ports of the local cloud, as after rebinding.
  const rules = [`MAP partner.example:80 127.0.0.1:${port}`, 'MAP *.example 127.0.0.1'];
  browser = await launchBrowser([`--host-resolver-rules=${rules.join(', ')}`]);
});
afterAll(async () => {
  await browser?.close();
  pages?.close();
  await emulator?.stop();
});

/** A page of another origin than the local cloud's. */
async function pageAt(origin: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(origin);
  return page;
}

const foreignOrigin = () => `http://evil.example:${(pages.address() as AddressInfo).port}`;

interface Sent {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Returns what a script of the page can read of a response: its status, or the name of the browser's error. */
const send = (page: Page, endpoint: string, sent: Sent): Promise<number | string> =>
  page.evaluate(
    async ({ url, ...init }) =>
      fetch(url, init).then(
        ({ status }) => status,
        ({ name }) => name,
      ),
    { ...sent, url: endpoint + sent.path },
  );

async function expectUntouched(): Promise<void> {
  const { Functions } = await new LambdaClient(emulator.client).send(new ListFunctionsCommand({}));
  expect(Functions?.map(({ FunctionName }) => FunctionName).sort()).toEqual(['Api', 'Echo']);
  await app.s3.send(new HeadObjectCommand({ Bucket: 'photos', Key: 'a b.txt' }));
}

const key = (service: string) => `test/20260101/us-east-1/${service}/aws4_request`;
const authorization = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=${key(service)}, SignedHeaders=host, Signature=00`;

/** A function that runs what it likes on the developer's machine; reading; erasing. */
const ATTACKS: readonly Sent[] = [
  {
    path: '/2015-03-31/functions',
    method: 'POST',
    headers: { Authorization: authorization('lambda'), 'Content-Type': 'application/json' },
    body: '{"FunctionName":"evil","Runtime":"nodejs24.x","Handler":"index.handler","Role":"arn:aws:iam::000000000000:role/EchoRole","Code":{"ZipFile":""}}',
  },
  {
    path: '/2015-03-31/functions/Echo/invocations',
    method: 'POST',
    headers: { Authorization: authorization('lambda') },
  },
  { path: `/?Action=ListUsers&Version=2010-05-08&X-Amz-Credential=${key('iam')}&X-Amz-Signature=00` },
  {
    path: '/?Action=CreateRole&Version=2010-05-08&RoleName=evil&AssumeRolePolicyDocument={}',
    method: 'POST',
    headers: { Authorization: authorization('iam') },
  },
  { path: '/_ministack/sqs/messages' },
  { path: '/_ministack/lambda-code/Echo' },
  { path: '/_ministack/reset', method: 'POST' },
  { path: '/_ministack/config', method: 'POST', body: '{"lambda_svc.LAMBDA_EXECUTOR":"docker"}' },
  { path: '/_trellis/instance' },
  { path: '/_trellis/save', method: 'POST' },
  { path: '/_trellis/edge', method: 'POST', body: '{}' },
  { path: '/photos/a%20b.txt' },
  { path: '/photos/a%20b.txt', method: 'DELETE' },
];

it('a page of another origin reads, runs and erases nothing of the cloud', async () => {
  const page = await pageAt(foreignOrigin());
  for (const attack of ATTACKS)
    expect([attack.path, await send(page, emulator.endpoint, attack)]).toEqual([attack.path, 'TypeError']);
  await expectUntouched();
});

it.each(['/_ministack/reset', '/_trellis/save', '/?Action=DeleteUser&UserName=ann'])(
  'a form that such a page submits to %s changes nothing',
  async (path) => {
    const page = await pageAt(foreignOrigin());
    const received = page.waitForResponse(`${emulator.endpoint}${path}`);
    await page.evaluate((action) => {
      const form = Object.assign(document.createElement('form'), { method: 'post', action });
      document.body.append(form);
      form.submit();
    }, emulator.endpoint + path);
    expect((await received).status()).toBe(403);
    await expectUntouched();
  },
);

it('a page whose name has been rebound to this machine gets nothing, on either port and from the app neither', async () => {
  for (const { port } of [new URL(emulator.endpoint), new URL(app.site)]) {
    const page = await browser.newPage();
    const origin = `http://evil.example:${port}`;
    expect((await page.goto(origin))?.status()).toBe(403);
    const own = [{ path: app.httpApi }, { path: app.functionUrl }, { path: '/config.json' }];
    for (const attack of [...ATTACKS, ...own])
      expect([attack.path, await send(page, origin, attack)]).toEqual([attack.path, 403]);
  }
  await expectUntouched();
});

it("the app accepts pages of other origins by its own CORS settings, and the user pool's sign-in accepts every page", async () => {
  const [partner, evil] = [await pageAt(PARTNER), await pageAt(foreignOrigin())];
  for (const path of [app.httpApi, app.functionUrl]) {
    expect(await send(partner, emulator.endpoint, { path })).toBe(200);
    expect(await send(evil, emulator.endpoint, { path })).toBe('TypeError');
  }
  const signIn = {
    path: '/',
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
    },
    body: JSON.stringify({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: app.client,
      AuthParameters: { USERNAME: 'unknown', PASSWORD: 'wrong' },
    }),
  };
  // Refused by the user pool, whose response the page may read.
  for (const page of [partner, evil]) expect(await send(page, emulator.endpoint, signIn)).toBe(400);
});
