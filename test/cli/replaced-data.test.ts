import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { clientOptions, findLocalCloud } from '../../lib/local/index.js';
import { project, writeApp } from '../local/project.js';

const projectDir = project();
const trellis = join(__dirname, '../../lib/cli/trellis.mjs');

interface Result {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a command whose stdin is not a terminal. */
function run(...args: string[]): Promise<Result> {
  const child = spawn(process.execPath, [trellis, ...args], { cwd: projectDir });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      output += data;
    });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

const keyedBy = (key: string) =>
  writeApp(
    projectDir,
    `new ddb.Table(stack, 'Orders', { partitionKey: { name: '${key}', type: ddb.AttributeType.STRING },
       removalPolicy: cdk.RemovalPolicy.DESTROY });`,
  );

/** Returns the table whose name contains "Orders", and a client for it. */
async function orders() {
  const cloud = await findLocalCloud({ projectDir });
  const client = new DynamoDBClient(clientOptions(cloud!.endpoint, cloud!.credentials));
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  return { client, TableName: TableNames.find((name) => name.includes('Orders'))! };
}

async function itemCount(): Promise<number | undefined> {
  const { client, TableName } = await orders();
  return (await client.send(new ScanCommand({ TableName, Select: 'COUNT' }))).Count;
}

async function putItems(...ids: string[]): Promise<void> {
  const { client, TableName } = await orders();
  for (const id of ids) await client.send(new PutItemCommand({ TableName, Item: { id: { S: id } } }));
}

beforeAll(async () => {
  keyedBy('id');
  expect(await run('up', '--detach', '--port', '0')).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await run('down', '--clean');
  rmSync(projectDir, { recursive: true, force: true });
});

it('replaces an empty table without confirmation', async () => {
  keyedBy('number');
  expect(await run('up')).toMatchObject({ code: 0 });
  keyedBy('id');
  expect(await run('up')).toMatchObject({ code: 0 });
});

it('deploys nothing that would replace a table with data, and the previous version keeps running', async () => {
  await putItems('a', 'b');
  keyedBy('number');
  const { code, output } = await run('up');
  expect(code).toBe(1);
  expect(output).toContain(
    'This deployment would lose data:\n' +
      '  Notes/Orders (AWS::DynamoDB::Table) with 2 items is replaced by an empty resource (changed: KeySchema',
  );
  expect(output).toContain('Nothing was deployed: the previous version keeps running.');
  expect(output).toContain('stdin is not a terminal: pass `--replace-data`');
  expect(await itemCount()).toBe(2);
});

it('deploys nothing that would delete a table with data', async () => {
  writeApp(projectDir);
  const { code, output } = await run('up');
  expect([code, output]).toEqual([
    1,
    expect.stringContaining('Notes/Orders (AWS::DynamoDB::Table) with 2 items is deleted\n'),
  ]);
  expect(await itemCount()).toBe(2);
});

it('keeps serving the previous version when it was started for the deployment', async () => {
  await run('down');
  keyedBy('number');
  expect(await run('up', '--detach', '--port', '0')).toMatchObject({ code: 1 });
  expect(await itemCount()).toBe(2);
  expect(await run('info')).toMatchObject({ code: 0 });
});

it('replaces a table with data with --replace-data', async () => {
  expect(await run('up', '--replace-data')).toMatchObject({ code: 0 });
  expect(await itemCount()).toBe(0);
});

/** Writes the app with a state machine that waits, whose executions end when it is replaced. */
const waitingIn = (StateMachineName: string) =>
  writeApp(
    projectDir,
    `const trust = { Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' };
     const role = new cdk.CfnResource(stack, 'Role', { type: 'AWS::IAM::Role', properties: {
       AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] } } });
     const flow = new cdk.CfnResource(stack, 'Flow', { type: 'AWS::StepFunctions::StateMachine', properties: {
       StateMachineName: '${StateMachineName}', RoleArn: role.getAtt('Arn').toString(),
       DefinitionString: JSON.stringify({ StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 600, End: true } } }) } });
     new cdk.CfnOutput(stack, 'Flow-Arn', { value: flow.ref });`,
  );

it('deploys nothing that would end the running executions of a state machine', async () => {
  waitingIn('first');
  expect(await run('up', '--replace-data')).toMatchObject({ code: 0 });
  const cloud = await findLocalCloud({ projectDir });
  const client = new SFNClient(clientOptions(cloud!.endpoint, cloud!.credentials));
  const stateMachineArn = cloud!.info().outputs.Notes!.FlowArn;
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }));
  waitingIn('second');
  const { code, output } = await run('up');
  expect([code, output]).toEqual([
    1,
    expect.stringContaining(
      'Notes/Flow (AWS::StepFunctions::StateMachine) with 1 running execution is replaced',
    ),
  ]);
  expect((await client.send(new DescribeExecutionCommand({ executionArn }))).status).toBe('RUNNING');
  await client.send(new StopExecutionCommand({ executionArn }));
  expect(await run('up')).toMatchObject({ code: 0 });
});
