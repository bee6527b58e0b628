import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  type Stack as StackOfSdk,
  type StackResourceDetail,
} from '@aws-sdk/client-cloudformation';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { mockClient } from 'aws-sdk-client-mock';
import { applyTarget } from 'cdk-trellis';
import { readDeployedStacks } from '../../lib/cli/diff/deployed.js';
import { stacksOf } from '../../lib/cli/diff/templates.js';
import { type DiffOptions, diff } from '../../lib/cli/diff.js';
import { Emulator } from '../local/emulator.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function assembly(build: (stack: Stack) => void, context: Record<string, unknown> = {}): string {
  const outdir = mkdtempSync(join(tmpdir(), 'trellis-diff-'));
  folders.push(outdir);
  const app = new App({ outdir, context: { 'aws:cdk:enable-asset-metadata': true, ...context } });
  build(new Stack(app, 'Shop'));
  return app.synth().directory;
}

const withTable = (stack: Stack) =>
  void new Table(stack, 'Orders', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    removalPolicy: RemovalPolicy.DESTROY,
  });
const empty = () => {};

async function printed(options: DiffOptions): Promise<string> {
  const log = jest.spyOn(console, 'log').mockImplementation();
  try {
    await diff(options);
    return log.mock.calls.join('\n');
  } finally {
    log.mockRestore();
  }
}

it('prints the changes between two synthesized apps', async () => {
  const options = { app: assembly(empty), from: assembly(withTable) };
  expect(await printed(options)).toMatch(
    /^Compared with .*\nData\n {2}Shop\/Orders.* is DELETED with its data/,
  );
  expect(JSON.parse(await printed({ ...options, json: true }))).toMatchObject({
    data: [{ change: 'deleted', lost: true }],
    cost: { before: { monthly: 0 }, after: { monthly: 0 } },
  });
});

it('fails with --fail-on data if the deployment would lose data', async () => {
  const app = assembly(empty);
  const failOn = ['data', 'permissions'];
  await printed({ app, from: app, failOn });
  await expect(printed({ app, from: assembly(withTable), failOn })).rejects.toThrow(
    '--fail-on data: this deployment would lose data.',
  );
  await expect(printed({ app, from: app, failOn: ['cost'] })).rejects.toThrow(
    '`--fail-on` must be data, permissions or rejected, got "cost".',
  );
});

it.each([
  ['without a synthesized app', { app: '/nowhere' }, 'no manifest.json'],
  ['without a profile for AWS', { target: 'aws' }, '`--target aws` requires `--profile NAME`'],
  ['for another target', { target: 'azure' }, 'must be local or aws, got "azure"'],
  ['without a local cloud', {}, 'No local cloud is running'],
])('fails with a remedy %s', async (_, options, message) => {
  await expect(printed({ app: assembly(empty), ...options })).rejects.toThrow(message);
});

it('rejects an app that was synthesized for another target', async () => {
  const app = assembly((stack) => applyTarget(stack), { target: 'local' });
  await expect(printed({ app, target: 'aws', profile: 'shop' })).rejects.toThrow(
    'is synthesized for local, but `--target` is aws.\nRun `npx cdk synth` first.',
  );
});

it('reads the stacks that are deployed to the local cloud, and writes nothing', async () => {
  const emulator = await Emulator.start();
  try {
    const stacks = stacksOf(assembly(withTable));
    expect(await readDeployedStacks(emulator.client, stacks)).toEqual({
      account: undefined,
      templates: new Map(),
    });
    const { template } = stacks[0]!;
    await emulator.deploy('Shop', { Resources: template.Resources });
    expect(await readDeployedStacks(emulator.client, stacks)).toEqual({
      account: '000000000000',
      templates: new Map([['Shop', { Resources: template.Resources }]]),
    });
  } finally {
    await emulator.stop();
  }
});

// With a mock: the emulators have no nested stacks.
it('reads nested stacks, also when the app no longer has them', async () => {
  const id = (name: string) => `arn:aws:cloudformation:eu-west-1:111122223333:stack/${name}/1`;
  const outer = { Resources: { Inner: { Type: 'AWS::CloudFormation::Stack' } } };
  const inner = { Resources: { Orders: { Type: 'AWS::DynamoDB::Table' } } };
  const cloudFormation = mockClient(CloudFormationClient);
  cloudFormation
    .on(DescribeStacksCommand, { StackName: 'Shop' })
    .resolves({ Stacks: [{ StackId: id('Shop'), StackStatus: 'UPDATE_COMPLETE' } as StackOfSdk] })
    .on(GetTemplateCommand, { StackName: id('Shop') })
    .resolves({ TemplateBody: JSON.stringify(outer) })
    .on(DescribeStackResourceCommand, { StackName: id('Shop'), LogicalResourceId: 'Inner' })
    .resolves({ StackResourceDetail: { PhysicalResourceId: id('Inner') } as StackResourceDetail })
    .on(GetTemplateCommand, { StackName: id('Inner') })
    .resolves({ TemplateBody: JSON.stringify(inner) });
  try {
    expect(await readDeployedStacks({ region: 'eu-west-1' }, stacksOf(assembly(empty)))).toEqual({
      account: '111122223333',
      templates: new Map<string, object>([
        ['Shop', outer],
        ['Shop/Inner', inner],
      ]),
    });
  } finally {
    cloudFormation.restore();
  }
});

it.each(['REVIEW_IN_PROGRESS', 'ROLLBACK_COMPLETE'] as const)(
  'omits a stack in the status %s: it has no resources',
  async (StackStatus) => {
    const cloudFormation = mockClient(CloudFormationClient);
    cloudFormation
      .on(DescribeStacksCommand)
      .resolves({ Stacks: [{ StackId: 'id', StackStatus } as StackOfSdk] });
    try {
      const { templates } = await readDeployedStacks({ region: 'eu-west-1' }, stacksOf(assembly(empty)));
      expect(templates.size).toBe(0);
    } finally {
      cloudFormation.restore();
    }
  },
);
