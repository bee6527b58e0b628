import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { localClientConfig } from '../../bin/local-storefront.js';
import { type LocalCloud, startLocalCloud } from '../../lib/local/index.js';

// A cold start on a busy machine may outlast the clean-up of its version's role, which takes minutes on AWS (ADR 11).
jest.retryTimes(2, { logErrorsBeforeRetry: true });
jest.setTimeout(600_000);

/** Addition or change of a deployment. */
type Edition = 'base' | 'import' | 'need' | 'layer' | 'value';

const handler = (edition: Edition) => `
import { ${edition === 'import' ? 'DeleteCommand, ' : ''}PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { handle, table } from 'cdk-trellis/runtime';
${edition === 'layer' ? "import { greeting } from 'drill-greeting';" : ''}
export const handler = handle({ log: table.readWrite${edition === 'need' ? ', extra: table.read' : ''} }, async (event: any, { log${edition === 'need' ? ', extra' : ''} }) => {
  const ids = event.detail ? [event.detail.id] : event.id ? [event.id] : event.body ? [JSON.parse(event.body).id]
    : event.Records.map((one: any) => one.body ? JSON.parse(one.body).id : one.dynamodb.NewImage.id.S);
  ${edition === 'import' ? 'if (!DeleteCommand) throw new Error("no import");' : ''}
  ${edition === 'layer' ? 'if (greeting !== "hello") throw new Error("no layer");' : ''}
  ${edition === 'need' ? 'await extra.client.send(new ScanCommand({ TableName: extra.tableName }));' : 'if (!ScanCommand) return;'}
  for (const id of ids) await log.client.send(new PutCommand({ TableName: log.tableName, Item: { id } }));
  return { statusCode: 200, body: 'done' };
});`;

/** A step of the saga, with what the edition adds or takes away. */
const step = (edition: Edition, last: string) => `
import { ${edition === 'import' ? 'DeleteCommand, ' : ''}PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { step, table } from 'cdk-trellis/runtime';
import * as z from 'zod';
${edition === 'layer' ? "import { greeting } from 'drill-greeting';" : ''}
export const handler = step({ input: z.object({ id: z.string() }) }, { log: table.readWrite${edition === 'need' ? ', extra: table.read' : ''} }, async ({ input }, { log${edition === 'need' ? ', extra' : ''} }, saga) => {
  ${edition === 'import' ? 'if (!DeleteCommand) throw new Error("no import");' : ''}
  ${edition === 'layer' ? 'if (greeting !== "hello") throw new Error("no layer");' : ''}
  ${edition === 'need' ? 'await extra.client.send(new ScanCommand({ TableName: extra.tableName }));' : 'if (!ScanCommand) return;'}
  await log.client.send(new PutCommand({ TableName: log.tableName, Item: { id: input.id${last} } }));
});`;

/** Notes the token of a waiting execution. */
const ask = `
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { handle, table } from 'cdk-trellis/runtime';
export const handler = handle({ tokens: table.write }, async ({ id, taskToken }: { id: string; taskToken: string }, { tokens }) => {
  await tokens.client.send(new PutCommand({ TableName: tokens.tableName, Item: { id, taskToken } }));
});`;

/** Runs for longer than the clean-up of a deployment begins after the switch, and needs \`log\` at its end. */
const slow = (edition: Edition) => `
import { PutCommand${edition === 'need' ? ', ScanCommand' : ''} } from '@aws-sdk/lib-dynamodb';
import { handle, table } from 'cdk-trellis/runtime';
import { setTimeout } from 'node:timers/promises';
export const handler = handle({ log: table.readWrite${edition === 'need' ? ', extra: table.read' : ''} }, async (event: { id: string; seconds: number }, { log${edition === 'need' ? ', extra' : ''} }) => {
  ${edition === 'need' ? 'await extra.client.send(new ScanCommand({ TableName: extra.tableName }));' : ''}
  await setTimeout(event.seconds * 1000);
  await log.client.send(new PutCommand({ TableName: log.tableName, Item: { id: event.id } }));
});`;

const app = (edition: Edition) => `
import { LambdaRestApi } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { DefinitionBody, StateMachine, Wait, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { DataTable, defineSaga, NodeFunction, QueueWorker, Saga, SharedLayer } from 'cdk-trellis';
import * as z from 'zod';
const stack = new Stack(new App(), 'Releases');
const log = new DataTable(stack, 'Log', { partitionKey: 'id' });
const extra = new DataTable(stack, 'Extra', { partitionKey: 'id' });
const props = {
  handler: () => import('./handler.js'),
  bind: { log${edition === 'need' ? ', extra' : ''} },
  // The machine that tests may be slow; what an SDK call waits follows from this.
  timeout: Duration.seconds(30),
  environment: { TEXT: '${edition === 'value' ? 'other' : 'one'}' },
  ${edition === 'layer' ? "layers: [SharedLayer.fromPackage('greeting')]," : ''}
};
const output = (name: string, value: string) => new CfnOutput(stack, name + 'Output', { value });
const request = new NodeFunction(stack, 'Request', props);
const api = new LambdaRestApi(stack, 'Api', { handler: request });
stack.templateOptions.metadata = { 'cdk-trellis': { apis: { drill: stack.getLogicalId(output('Url', api.url)) } } };
output('Latest', request.unqualified.functionArn);
const worker = new QueueWorker(stack, 'Worker', { ...props, maxReceiveCount: 1, alarms: false });
output('Queue', worker.queue.queueUrl);
const bus = new EventBus(stack, 'Bus');
const consumer = new NodeFunction(stack, 'Consumer', { ...props, retryAttempts: 0 });
new Rule(stack, 'Rule', { eventBus: bus, eventPattern: { source: ['drill'] }, targets: [new LambdaFunction(consumer)] });
output('Bus', bus.eventBusName);
const orders = new Table(stack, 'Orders', { partitionKey: { name: 'id', type: AttributeType.STRING }, stream: StreamViewType.NEW_IMAGE, removalPolicy: RemovalPolicy.DESTROY });
const follower = new NodeFunction(stack, 'Follower', props);
follower.addEventSource(new DynamoEventSource(orders, { startingPosition: StartingPosition.TRIM_HORIZON, retryAttempts: 0 }));
output('Orders', orders.tableName);
const tokens = new DataTable(stack, 'Tokens', { partitionKey: 'id' });
const asker = new NodeFunction(stack, 'Ask', { handler: () => import('./ask.js'), bind: { tokens }, timeout: Duration.seconds(30), invokedSynchronously: true });
const { handler: _, bind, timeout, ...functions } = props;
const saga = new Saga(stack, 'Saga', {
  definition: defineSaga(z.object({ id: z.string() }))
    .step('first', { do: () => import('./first.js'), timeout })
    .waitForCallback('pause', { do: { function: asker, input: { id: 'input.id', taskToken: 'taskToken' } }, response: z.object({}), wait: Duration.minutes(5) })
    .step('last', { do: () => import('./last.js'), timeout }),
  bind,
  functions,
  // A mix must not be repaired by a retry.
  retry: { attempts: 1 },
  alarms: false,
});
output('Saga', saga.stateMachine.stateMachineArn);
output('Tokens', tokens.table.tableName);
output('Slow', new NodeFunction(stack, 'Slow', { ...props, handler: () => import('./slow.js'), timeout: Duration.minutes(2), invokedSynchronously: true }).functionArn);
const step = new LambdaInvoke(stack, 'Step', { lambdaFunction: new NodeFunction(stack, 'Do', props), retryOnServiceExceptions: false });
const wait = new Wait(stack, 'Wait', { time: WaitTime.duration(Duration.seconds(1)) });
output('Machine', new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(wait.next(step)) }).stateMachineArn);
output('Log', log.table.tableName);
`;

/** In this repository, so that the app takes the library from its sources. */
const projectDir = mkdtempSync(join(__dirname, 'releases-'));
let cloud: LocalCloud;
let url: string;
let outputs: Record<string, string>;

function write(edition: Edition): void {
  const files = {
    'cdk.json': '{ "app": "node --conditions=cdk-trellis-source --import tsx app.ts" }',
    'app.ts': app(edition),
    'handler.ts': handler(edition),
    'first.ts': step(edition, " + '-first'"),
    'last.ts': step(edition, ''),
    'ask.ts': ask,
    'slow.ts': slow(edition),
    'greeting/package.json':
      '{ "name": "drill-greeting", "version": "1.0.0", "type": "module", "exports": "./index.ts" }',
    'greeting/index.ts': "export const greeting = 'hello';",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(projectDir, name)), { recursive: true });
    writeFileSync(join(projectDir, name), text);
  }
}

async function deploy(edition: Edition): Promise<void> {
  write(edition);
  const info = await cloud.deploy();
  url = info.apis.drill as string;
  outputs = info.outputs.Releases as Record<string, string>;
}

beforeAll(async () => {
  // CloudFormation needs some seconds between the two updates of a function.
  process.env.TRELLIS_LOCAL_UPDATE_SECONDS = '1';
  write('base');
  cloud = await startLocalCloud({ projectDir, port: 0 });
  await deploy('base');
}, 300_000);

afterAll(async () => {
  delete process.env.TRELLIS_LOCAL_UPDATE_SECONDS;
  await cloud?.stop();
  rmSync(projectDir, { recursive: true, force: true });
});

/** Sends one of everything again and again; returns what was sent, and how often `$LATEST` failed. */
async function underLoad(
  name: string,
  isDone: () => boolean,
): Promise<{ ids: string[]; executions: string[]; mixed: number }> {
  const config = localClientConfig(cloud);
  const lambda = new LambdaClient(config);
  const sqs = new SQSClient(config);
  const events = new EventBridgeClient(config);
  const sfn = new SFNClient({ ...config, disableHostPrefix: true });
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  const ids: string[] = [];
  const executions: string[] = [];
  let mixed = 0;
  const latest = async () => {
    const Payload = JSON.stringify({ id: 'latest' });
    const { FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName: outputs.LatestOutput, Payload }),
    );
    if (FunctionError) mixed += 1;
  };
  const send = async (id: string) => {
    const of = (kind: string) => {
      ids.push(`${id}-${kind}`);
      return { id: `${id}-${kind}` };
    };
    const request = of('request');
    const response = fetch(url, { method: 'POST', body: JSON.stringify(request) }).then(async (got) => {
      if (got.status !== 200) throw new Error(`${request.id}: ${got.status} ${await got.text()}`);
    });
    const saga = of('steps');
    ids.push(`${saga.id}-first`);
    executions.push(saga.id);
    await Promise.all([
      response,
      latest(),
      run({ ...of('slow'), seconds: 0 }),
      sfn.send(
        new StartExecutionCommand({
          stateMachineArn: outputs.SagaOutput,
          name: saga.id,
          input: JSON.stringify(saga),
        }),
      ),
      sqs.send(
        new SendMessageCommand({ QueueUrl: outputs.QueueOutput, MessageBody: JSON.stringify(of('queue')) }),
      ),
      events.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: outputs.BusOutput,
              Source: 'drill',
              DetailType: 'Drill',
              Detail: JSON.stringify(of('bus')),
            },
          ],
        }),
      ),
      documents.send(new PutCommand({ TableName: outputs.OrdersOutput, Item: of('stream') })),
      sfn.send(
        new StartExecutionCommand({
          stateMachineArn: outputs.MachineOutput,
          input: JSON.stringify(of('saga')),
        }),
      ),
    ]);
  };
  for (let count = 0; !isDone(); count += 1) {
    await send(`${name}-${count}`);
    await setTimeout(100);
  }
  return { ids, executions, mixed };
}

/** Invokes the function that may run for minutes. */
async function run(event: { id: string; seconds: number }): Promise<void> {
  const lambda = new LambdaClient({
    ...localClientConfig(cloud),
    requestHandler: { requestTimeout: 180_000 },
  });
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: outputs.SlowOutput, Payload: JSON.stringify(event) }),
  );
  if (FunctionError) throw new Error(`${event.id}: ${Buffer.from(Payload ?? []).toString()}`);
}

/** Sends the responses for which the executions wait, and returns those that do not succeed. */
async function failedAfterResponse(names: readonly string[]): Promise<object[]> {
  const config = localClientConfig(cloud);
  const sfn = new SFNClient({ ...config, disableHostPrefix: true });
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  const responded = new Set<string>();
  const statuses = new Map<string, string | undefined>();
  const isOpen = (name: string) => [undefined, 'RUNNING'].includes(statuses.get(name));
  for (let tries = 0; tries < 120 && names.some(isOpen); tries += 1) {
    const { Items = [] } = await documents.send(new ScanCommand({ TableName: outputs.TokensOutput }));
    for (const { id, taskToken } of Items) {
      if (!names.includes(id) || responded.has(id)) continue;
      responded.add(id);
      await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
    }
    for (const name of names.filter(isOpen)) {
      const executionArn = `${outputs.SagaOutput?.replace(':stateMachine:', ':execution:')}:${name}`;
      const { status, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      statuses.set(name, status === 'FAILED' ? `FAILED: ${cause}` : status);
    }
    await setTimeout(500);
  }
  return names.flatMap((name) => {
    const status = statuses.get(name);
    return status === 'SUCCEEDED' ? [] : [{ name, status }];
  });
}

/** Returns the ids that were not handled. */
async function lost(ids: readonly string[]): Promise<string[]> {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(localClientConfig(cloud)));
  let left: string[] = [];
  for (let tries = 0; tries < 60; tries += 1) {
    const { Items = [] } = await documents.send(new ScanCommand({ TableName: outputs.LogOutput }));
    const handled = new Set(Items.map(({ id }) => id));
    left = ids.filter((id) => !handled.has(id));
    if (left.length === 0) break;
    await setTimeout(500);
  }
  return left;
}

let mixed = 0;
/** Names of executions are unique, also in a repeated test. */
let round = 0;

it.each<Edition>(['import', 'need', 'layer', 'value'])(
  'a deployment that adds or takes away another %s fails nothing that is in flight',
  async (edition) => {
    for (const next of [edition, 'base'] as const) {
      let isDone = false;
      round += 1;
      const load = underLoad(`${round}-${edition}-${next}`, () => isDone);
      load.catch(() => undefined);
      await setTimeout(1000);
      // In flight until after the clean-up, in which the former version and its permissions are deleted.
      const long = edition === 'need' ? [`${round}-${next}-long`] : [];
      const running = Promise.all(long.map((id) => run({ id, seconds: 40 })));
      running.catch(() => undefined);
      await deploy(next);
      await setTimeout(1000);
      isDone = true;
      const sent = await load;
      mixed += sent.mixed;
      expect(sent.executions.length).toBeGreaterThan(0);
      // The executions wait since before or during the deployment, and go on after it.
      expect(await failedAfterResponse(sent.executions)).toEqual([]);
      await running;
      expect(await lost([...sent.ids, ...long])).toEqual([]);
    }
  },
);

it('without the alias there would have been failures, of code with the layer or the variables of another deployment', () => {
  expect(mixed).toBeGreaterThan(0);
});
