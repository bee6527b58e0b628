import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { localClientConfig } from '../../bin/local-storefront.js';
import { CustomRuntimeStack } from '../../examples/custom-runtime/stack.js';
import { environmentOf, type LocalCloud, startLocalCloud } from '../../lib/local/index.js';
import { fencesOf } from '../docs/fences.js';
import { nagFindings } from '../support/nag.js';

const root = join(__dirname, '../..');
const example = join(root, 'examples/custom-runtime');
const projectDir = mkdtempSync(join(tmpdir(), 'trellis-example-'));

/** App with the example's two functions, and for each runtime functions whose handler is missing or does not load. */
const APP = `
import { join } from 'node:path';
import { Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import { App } from 'aws-cdk-lib/core';
import { AssetFunction } from 'cdk-trellis';
import { CustomRuntimeStack } from './stack.js';

const stack = new CustomRuntimeStack(new App(), 'CustomRuntime');
const layers = [stack.node.findChild('DenoLayer') as LayerVersion];
for (const language of ['shell', 'deno']) {
  for (const handler of ['greeting.missing', 'missing.hello', 'broken.hello', 'wrong.hello']) {
    const functionName = \`\${language}-\${handler.replace('.', '-')}\`;
    const code = Code.fromAsset(join(__dirname, language));
    const props = { functionName, handler, code, runtime: Runtime.PROVIDED_AL2023 };
    new AssetFunction(stack, functionName, { ...props, ...(language === 'deno' && { layers }) });
  }
}
`;

const FILES = {
  'test-app.ts': APP,
  'cdk.json': '{ "app": "node --conditions=cdk-trellis-source --import tsx test-app.ts" }',
  'shell/broken.sh': 'fail NoTable "the table is missing"',
  'shell/wrong.sh': 'hello() { if',
  'deno/broken.ts': `throw Object.assign(new Error('the table is missing'), { name: 'NoTable' });`,
  'deno/wrong.ts': 'export const hello = (',
};

let cloud: LocalCloud;
let lambda: LambdaClient;

beforeAll(async () => {
  cpSync(example, projectDir, { recursive: true });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(projectDir, name), text);
  mkdirSync(join(projectDir, 'node_modules'));
  for (const name of ['aws-cdk-lib', 'constructs', 'tsx'])
    symlinkSync(join(root, 'node_modules', name), join(projectDir, 'node_modules', name));
  symlinkSync(root, join(projectDir, 'node_modules/cdk-trellis'));
  cloud = await startLocalCloud({ projectDir, port: 0 });
  await cloud.deploy();
  lambda = new LambdaClient(localClientConfig(cloud));
}, 180_000);

afterAll(async () => {
  await cloud?.stop();
  rmSync(projectDir, { recursive: true, force: true });
});

async function invoke(FunctionName: string, event: unknown = {}) {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
  );
  return { error: FunctionError, response: JSON.parse(new TextDecoder().decode(Payload)) };
}

describe.each([
  ['shell', { name: 'Ann "O\'Neil" \\ é' }],
  ['deno', { name: 'Ann' }],
])('the runtime in %s', (language, event) => {
  it('processes many invocations, each with its own id, trace and deadline', async () => {
    const responses: any[] = [];
    for (let i = 0; i < 20; i++) responses.push((await invoke(`${language}-greeting`, event)).response);
    const distinct = (name: string) => new Set(responses.map((response) => response[name])).size;
    expect([distinct('requestId'), distinct('traceId')]).toEqual([20, 20]);
    const [response] = responses;
    expect(response.greeting).toMatch(/^Hello /);
    expect(response.traceId).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=1$/);
    // The function's timeout is ten seconds, and the shell counts whole seconds only.
    expect(response.remainingMs).toBeGreaterThan(8000);
    expect(response.remainingMs).toBeLessThanOrEqual(11_000);
  });

  it("reports a handler's error, and processes the next event", async () => {
    const { error, response } = await invoke(`${language}-greeting`, { name: 'fail' });
    expect(error).toBe('Unhandled');
    expect(response).toMatchObject({ errorType: 'GreetingRefused', errorMessage: 'the name is "fail"' });
    expect(await invoke(`${language}-greeting`, event)).toMatchObject({ error: undefined });
  });

  it.each([
    ['a missing handler', 'greeting-missing', 'Runtime.HandlerNotFound', 'missing is not a function'],
    ['a missing file', 'missing-hello', expect.any(String), 'missing'],
    ['an error while the code is loaded', 'broken-hello', 'NoTable', 'the table is missing'],
    ['a syntax error', 'wrong-hello', expect.any(String), 'wrong'],
  ])('reports %s as an initialization error, on every invocation', async (_, name, errorType, text) => {
    for (let i = 0; i < 2; i++) {
      const { error, response } = await invoke(`${language}-${name}`);
      expect(error).toBe('Unhandled');
      expect(response).toMatchObject({ errorType, errorMessage: expect.stringContaining(text) });
    }
  });
});

it('the shell runtime passes the event on unchanged', async () => {
  const event = { name: 'Ann "O\'Neil" \\ é', list: [1, null, { deep: true }] };
  expect((await invoke('shell-greeting', event)).response.event).toEqual(event);
});

it('module state persists between invocations', async () => {
  const invocationCount = async () => (await invoke('deno-greeting')).response.greetingsHere;
  const first = await invocationCount();
  expect(await invocationCount()).toBe(first + 1);
});

it("the README's command calls a function", () => {
  const commands = fencesOf(join(example, 'README.md')).find(({ language }) => language === 'sh')!.text;
  const curl = commands.trim().split('\n').at(-1);
  const output = execFileSync('bash', ['-c', `${environmentOf(cloud)}\n${curl}`], { encoding: 'utf8' });
  expect(JSON.parse(output)).toMatchObject({ greeting: 'Hello Ann' });
});

it('security scans report no findings', () => {
  const findings = nagFindings(
    ({ node }) => void new CustomRuntimeStack(node.root, 'CustomRuntime'),
    // Skips the download of Deno.
    { 'aws:cdk:bundling-stacks': [] },
  );
  expect(findings).toEqual([]);
});
