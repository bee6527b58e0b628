import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { localClientConfig } from '../../bin/local-storefront.js';
import { type LocalCloud, startLocalCloud } from '../../lib/local/index.js';
import type { Outcome } from './grants/probe.js';

const stateDir = mkdtempSync(join(tmpdir(), 'trellis-grants-'));
let cloud: LocalCloud;
let iam: IAMClient;
let lambda: LambdaClient;
let probeName: string;
let policy: { RoleName: string; PolicyName: string; PolicyDocument: string };
let granted: string[];

interface Statement {
  Action: string | string[];
}

beforeAll(async () => {
  cloud = await startLocalCloud({ projectDir: join(__dirname, 'grants'), port: 0, stateDir });
  const { outputs } = await cloud.deploy();
  const { ProbeName, ProbeRole } = outputs.Grants as { ProbeName: string; ProbeRole: string };
  const config = localClientConfig(cloud.endpoint);
  iam = new IAMClient(config);
  lambda = new LambdaClient(config);
  probeName = ProbeName;
  const name = { RoleName: ProbeRole, PolicyName: 'Handler' };
  const { PolicyDocument } = await iam.send(new GetRolePolicyCommand(name));
  policy = { ...name, PolicyDocument: decodeURIComponent(PolicyDocument!) };
  const statements: Statement[] = JSON.parse(policy.PolicyDocument).Statement;
  granted = statements.flatMap(({ Action }) => Action).filter((action) => !/^(logs|xray):/.test(action));
}, 120_000);

afterAll(async () => {
  await cloud?.stop();
  rmSync(stateDir, { recursive: true, force: true });
}, 30_000);

async function probe(): Promise<Outcome[]> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: probeName, Payload: '{}' }),
  );
  const result = JSON.parse(new TextDecoder().decode(Payload));
  if (FunctionError) throw new Error(result.errorMessage);
  return result;
}

const isDenied = ({ error, message }: Outcome) =>
  /AccessDenied|not authorized|Forbidden/.test(`${error} ${message}`);
const deniedActions = (outcomes: Outcome[]) => [
  ...new Set(outcomes.filter(isDenied).map((outcome) => outcome.probe.split(' ')[0]!)),
];

it('with its grants, every call of every binding is allowed', async () => {
  const outcomes = await probe();
  expect(outcomes.filter(isDenied)).toEqual([]);
  expect(outcomes[0]).toEqual({ probe: 'text drill, number 4' });
  const probed = new Set(outcomes.slice(1).map((outcome) => outcome.probe.split(' ')[0]));
  expect([...probed].sort()).toEqual([...new Set(granted)].sort());
  // A group that does not exist is the one thing that is wrong in what is called.
  expect(outcomes.filter(({ error }) => error).map(({ error }) => error)).toEqual([
    'ResourceNotFoundException',
  ]);
}, 60_000);

it('no action is superfluous: without it, its call is denied', async () => {
  const found: Record<string, string[]> = {};
  for (const action of new Set(granted)) {
    const document = JSON.parse(policy.PolicyDocument);
    for (const statement of document.Statement as Statement[]) {
      statement.Action = [statement.Action].flat().filter((candidate) => candidate !== action);
    }
    document.Statement = document.Statement.filter(({ Action }: Statement) => Action.length > 0);
    await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: JSON.stringify(document) }));
    found[action] = deniedActions(await probe());
  }
  await iam.send(new PutRolePolicyCommand(policy));
  const expected = Object.fromEntries(
    [...new Set(granted)].map((action) => [action, expect.arrayContaining([action])]),
  );
  expect(found).toEqual(expected);
}, 120_000);
