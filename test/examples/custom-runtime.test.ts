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

/** The example's two functions, and for each one with a handler that is not there and one that does not load. */
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
}, 30_000);

async function invoke(FunctionName: string, event: unknown = {}) {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
  );
  return { error: FunctionError, answer: JSON.parse(new TextDecoder().decode(Payload)) };
}

describe.each([
  ['shell', { name: 'Ann "O\'Neil" \\ é' }],
  ['deno', { name: 'Ann' }],
])('the runtime in %s', (language, event) => {
  it('answers many invocations, each with its own id, trace and deadline', async () => {
    const answers: any[] = [];
    for (let i = 0; i < 20; i++) answers.push((await invoke(`${language}-greeting`, event)).answer);
    const distinct = (name: string) => new Set(answers.map((answer) => answer[name])).size;
    expect([distinct('requestId'), distinct('traceId')]).toEqual([20, 20]);
    const [answer] = answers;
    expect(answer.greeting).toMatch(/^Hello /);
    expect(answer.traceId).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=1$/);
    // The function has ten seconds; the shell knows whole ones only.
    expect(answer.remainingMs).toBeGreaterThan(8000);
    expect(answer.remainingMs).toBeLessThanOrEqual(11_000);
  });

  it("reports a handler's error, and goes on", async () => {
    const { error, answer } = await invoke(`${language}-greeting`, { name: 'fail' });
    expect(error).toBe('Unhandled');
    expect(answer).toMatchObject({ errorType: 'GreetingRefused', errorMessage: 'nobody is "there"' });
    expect(await invoke(`${language}-greeting`, event)).toMatchObject({ error: undefined });
  });

  it.each([
    [
      'a handler that is not there',
      'greeting-missing',
      'Runtime.HandlerNotFound',
      'missing is not a function',
    ],
    ['a file that is not there', 'missing-hello', expect.any(String), 'missing'],
    ['an error while the code is loaded', 'broken-hello', 'NoTable', 'the table is missing'],
    ['code that is none', 'wrong-hello', expect.any(String), 'wrong'],
  ])('reports %s as an error of initialization, each time', async (_, name, errorType, text) => {
    for (let i = 0; i < 2; i++) {
      const { error, answer } = await invoke(`${language}-${name}`);
      expect(error).toBe('Unhandled');
      expect(answer).toMatchObject({ errorType, errorMessage: expect.stringContaining(text) });
    }
  });
});

it('the shell passes the event on as it is', async () => {
  const event = { name: 'Ann "O\'Neil" \\ é', list: [1, null, { deep: true }] };
  expect((await invoke('shell-greeting', event)).answer.event).toEqual(event);
});

it('what is outside of the handler stays from one invocation to the next', async () => {
  const counted = async () => (await invoke('deno-greeting')).answer.greetingsHere;
  const first = await counted();
  expect(await counted()).toBe(first + 1);
});

it("the README's command calls a function", () => {
  const commands = fencesOf(join(example, 'README.md')).find(({ language }) => language === 'sh')!.text;
  const curl = commands.trim().split('\n').at(-1);
  const printed = execFileSync('bash', ['-c', `${environmentOf(cloud)}\n${curl}`], { encoding: 'utf8' });
  expect(JSON.parse(printed)).toMatchObject({ greeting: 'Hello Ann' });
});

it('security scans find nothing in it', () => {
  const findings = nagFindings(
    ({ node }) => void new CustomRuntimeStack(node.root, 'CustomRuntime'),
    // Deno need not be fetched for it.
    { 'aws:cdk:bundling-stacks': [] },
  );
  expect(findings).toEqual([]);
});
