import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { localClientConfig } from '../../bin/local-storefront.js';
import { type LocalCloud, startLocalCloud } from '../../lib/local/index.js';

const stateDir = mkdtempSync(join(tmpdir(), 'trellis-languages-'));
let cloud: LocalCloud;
let outputs: Record<string, string>;

beforeAll(async () => {
  cloud = await startLocalCloud({ projectDir: join(__dirname, 'languages'), port: 0, stateDir });
  outputs = (await cloud.deploy()).outputs.Languages!;
  await new DynamoDBClient(localClientConfig(cloud)).send(
    new PutItemCommand({ TableName: outputs.TableName, Item: { id: { S: 'first' } } }),
  );
});

afterAll(async () => {
  await cloud?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

async function invoke(name: string, event: object) {
  const { Payload, FunctionError } = await new LambdaClient(localClientConfig(cloud)).send(
    new InvokeCommand({ FunctionName: outputs[`${name}Name`], Payload: JSON.stringify(event) }),
  );
  return { failed: FunctionError, response: JSON.parse(new TextDecoder().decode(Payload)) };
}

describe.each([
  ['an AssetFunction in Python', 'Python', 'ClientError'],
  ['an AssetFunction of inline Python', 'InlinePython', 'ClientError'],
  ['an AssetFunction of inline JavaScript', 'InlineNode', 'AccessDeniedException'],
  ['an AssetFunction with a custom runtime', 'CustomRuntime', 'AccessDeniedException'],
  ['a NodeFunction of another export', 'Named', 'AccessDeniedException'],
  ['a NodeFunction of a default export', 'Default', 'AccessDeniedException'],
  ["CDK's function in Python, with bindTo", 'Plain', 'ClientError'],
  ["CDK's function of inline Python, with bindTo", 'PlainInline', 'ClientError'],
])('%s', (_, name, errorType) => {
  it('reads the table of its environment variable', async () => {
    expect(await invoke(name, { get: 'first' })).toEqual({ failed: undefined, response: { id: 'first' } });
    expect(await invoke(name, { get: 'none' })).toEqual({ failed: undefined, response: null });
  });

  it('is denied other actions', async () => {
    const { failed, response } = await invoke(name, { put: 'second', get: 'second' });
    expect(failed).toBe('Unhandled');
    expect(response).toMatchObject({
      errorType,
      errorMessage: expect.stringMatching(/not authorized to perform: dynamodb:PutItem/),
    });
    expect(await invoke(name, { get: 'second' })).toMatchObject({ response: null });
  });
});
