import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalCloud, startLocalCloud } from '../../lib/local/index.js';
import { project, writeApp } from './project.js';

jest.setTimeout(180_000);

const projectDir = project();
const lines: string[] = [];
let cloud: LocalCloud;

beforeAll(async () => {
  // An API in a nested stack, a look-up, a warning, and a function that CloudFormation rejects.
  writeApp(
    projectDir,
    `const nested = new cdk.NestedStack(stack, 'Nested');
    const inner = new apigateway.SpecRestApi(nested, 'Api', { apiDefinition: apigateway.ApiDefinition.fromInline(body), deployOptions: { stageName: 'api' } });
    const innerUrl = new cdk.CfnOutput(nested, 'Url', { value: inner.url });
    nested.templateOptions.metadata = { 'cdk-trellis': { apis: { inner: nested.getLogicalId(innerUrl) } } };
    cdk.Annotations.of(stack).addWarningV2('notes:small', 'The notes are small');
    new cdk.CfnResource(stack, 'Small', { type: 'AWS::Lambda::Function', properties: { Code: { ZipFile: 'x' },
      Handler: 'index.handler', Runtime: 'nodejs22.x', Role: 'arn:aws:iam::000000000000:role/none', MemorySize: 10 } });
    const route53 = require(${JSON.stringify(require.resolve('aws-cdk-lib/aws-route53'))});
    const zones = new cdk.Stack(stack.node.root, 'Zones', { env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION } });
    const zone = route53.HostedZone.fromLookup(zones, 'Zone', { domainName: 'example.com' });
    new route53.ARecord(zones, 'Record', { zone, target: route53.RecordTarget.fromIpAddresses('192.0.2.1') });`,
  );
  const log = (line: string) => void lines.push(line);
  cloud = await startLocalCloud({ projectDir, port: 0, validate: true, log });
  await cloud.deploy();
});

afterAll(async () => {
  await cloud?.stop();
  rmSync(projectDir, { recursive: true, force: true });
});

it('finds an API in a nested stack by what is deployed', async () => {
  const { apis } = cloud.info();
  expect(Object.keys(apis)).toEqual(['notes', 'inner']);
  expect(await (await fetch(`${apis.inner}/here`)).json()).toEqual({ here: true });
});

it('makes the zone of `HostedZone.fromLookup`, and leaves the context of the project alone', () => {
  expect(existsSync(join(projectDir, 'cdk.context.json'))).toBe(false);
  expect(existsSync(join(projectDir, '.trellis/context.json'))).toBe(true);
});

it('logs warnings of the app', () => {
  expect(lines.filter((line) => line.includes('The notes are small'))).toHaveLength(1);
});

it('logs the findings of the validation when they are there', async () => {
  const finding = () => lines.filter((line) => line.includes('10 is less than the minimum of 128'));
  while (finding().length === 0) await sleep(100);
  expect(finding()).toHaveLength(1);
});
