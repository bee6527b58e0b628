import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { eventually } from '../support/eventually.js';
import { Emulator, inlineFunction, isRunning } from './emulator.js';
import { table } from './resources.js';

/** Never receives its signal: its stack stays in progress. */
const waiting = {
  Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
  Wait: {
    Type: 'AWS::CloudFormation::WaitCondition',
    DependsOn: 'Table',
    Properties: { Handle: { Ref: 'Handle' }, Timeout: '600' },
  },
};
const note = { id: { S: 'note' } };

describe.each([
  ['with the corrections', [] as string[], { kept: true, status: 'ROLLBACK_COMPLETE', workerEnds: true }],
  [
    'without them, so that they are needed',
    ['save_while_running', 'interrupted_stacks', 'end_with_the_emulator'],
    { kept: false, status: 'CREATE_IN_PROGRESS', workerEnds: false },
  ],
])('kill -9 %s', (_, without, expected) => {
  let emulator: Emulator;
  let worker = 0;

  beforeAll(async () => {
    emulator = await Emulator.start(without);
    const dynamo = new DynamoDBClient(emulator.client);
    const code = 'setInterval(() => 0, 1000); exports.handler = async () => process.pid;';
    await emulator.deploy('Kept', { Resources: { Table: table(), ...inlineFunction('Timer', code) } });
    worker = await emulator.invoke('Timer');

    const stack = {
      Resources: { Table: table('Half'), ...waiting },
    };
    await new CloudFormationClient(emulator.client).send(
      new CreateStackCommand({ StackName: 'Interrupted', TemplateBody: JSON.stringify(stack) }),
    );
    await emulator.save();
    await dynamo.send(new PutItemCommand({ TableName: 'Notes', Item: note }));
    if (expected.kept) await emulator.savedAfter(Date.now());
    else await sleep(700);
    await emulator.kill();
    if (expected.workerEnds)
      await eventually(
        () => isRunning(worker),
        (runs) => !runs,
      );
    else await sleep(300);
  });

  afterAll(async () => {
    if (!expected.workerEnds) process.kill(worker, 'SIGKILL');
    await emulator.stop();
  });

  it(`${expected.workerEnds ? 'ends' : 'leaves'} the functions that ran`, () => {
    expect(isRunning(worker)).toBe(!expected.workerEnds);
  });

  it(`${expected.kept ? 'keeps' : 'loses'} what was written a moment before`, async () => {
    await emulator.restart();
    const { Item } = await new DynamoDBClient(emulator.client).send(
      new GetItemCommand({ TableName: 'Notes', Key: note }),
    );
    expect(Item !== undefined).toBe(expected.kept);
  });

  it(`leaves the stack it interrupted as ${expected.status}`, async () => {
    const { Stacks } = await new CloudFormationClient(emulator.client).send(
      new DescribeStacksCommand({ StackName: 'Interrupted' }),
    );
    expect(Stacks?.[0]?.StackStatus).toBe(expected.status);
  });
});

describe('kill -9 during an update', () => {
  let emulator: Emulator;
  const resources = () => ({ Table: table('Updated') });

  beforeAll(async () => {
    emulator = await Emulator.start();
    await emulator.deploy('Changed', { Resources: resources() });
    const changed = { Resources: { ...resources(), ...waiting } };
    await new CloudFormationClient(emulator.client).send(
      new UpdateStackCommand({ StackName: 'Changed', TemplateBody: JSON.stringify(changed) }),
    );
    const item = new PutItemCommand({ TableName: 'Updated', Item: note });
    await new DynamoDBClient(emulator.client).send(item);
    await emulator.save();
    await emulator.kill();
    await emulator.restart();
  });
  afterAll(() => emulator.stop());

  it('leaves a stack whose template shows the tables that exist, which a deployment may lose', async () => {
    const client = new CloudFormationClient(emulator.client);
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'Changed' }));
    expect(Stacks?.[0]?.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: 'Changed' }));
    const { Table } = JSON.parse(TemplateBody as string).Resources;
    const { KeySchema } = table('Updated').Properties;
    expect(Table).toMatchObject({ Type: 'AWS::DynamoDB::Table', Properties: { KeySchema } });
  });

  it('does not keep the stack from being deployed, with what its tables hold', async () => {
    const Other = { Type: 'AWS::SQS::Queue' };
    await emulator.deploy('Changed', { Resources: { ...resources(), Other } }, true);
    const { Item } = await new DynamoDBClient(emulator.client).send(
      new GetItemCommand({ TableName: 'Updated', Key: note }),
    );
    expect(Item).toEqual(note);
  });
});
