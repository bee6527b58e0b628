import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { localClientConfig } from '../../bin/local-storefront.js';
import { type LocalCloud, startLocalCloud } from '../../lib/local/index.js';
import { allAccesses } from '../bindings/fixtures.js';
import type { Outcome } from '../bindings/probing.js';
import { idOf } from './grants/logical-id.js';

const stateDir = mkdtempSync(join(tmpdir(), 'trellis-grants-'));
let cloud: LocalCloud;
let iam: IAMClient;
let lambda: LambdaClient;
let deployed: Readonly<Record<string, string>>;

interface Statement {
  Action: string[];
  Resource: string[];
}

/** Grants of a function, besides its own logs and traces. */
interface Grants {
  /** The function's own, for logs and traces. */
  readonly rest: Statement[];
  readonly statements: Statement[];
}

beforeAll(async () => {
  cloud = await startLocalCloud({ projectDir: join(__dirname, 'grants'), port: 0, stateDir });
  const { outputs } = await cloud.deploy();
  deployed = outputs.Grants as Record<string, string>;
  const config = localClientConfig(cloud);
  iam = new IAMClient(config);
  lambda = new LambdaClient(config);
}, 180_000);

afterAll(async () => {
  await cloud?.stop();
  rmSync(stateDir, { recursive: true, force: true });
  rmSync(join(__dirname, 'grants/.trellis'), { recursive: true, force: true });
});

const policyOf = (id: string) => ({ RoleName: deployed[`${id}Role`], PolicyName: 'Handler' });

async function grantsOf(id: string): Promise<Grants> {
  const { PolicyDocument } = await iam.send(new GetRolePolicyCommand(policyOf(id)));
  const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument!));
  const all: Statement[] = Statement.map(({ Action, Resource, ...rest }: any) => ({
    ...rest,
    Action: [Action].flat(),
    Resource: [Resource].flat(),
  }));
  const isOwn = ({ Action }: Statement) => /^(logs|xray):/.test(Action[0]!);
  return { rest: all.filter(isOwn), statements: all.filter((statement) => !isOwn(statement)) };
}

async function grant(id: string, { rest, statements }: Grants): Promise<void> {
  const Statement = [...rest, ...statements.filter(({ Action }) => Action.length > 0)];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.send(new PutRolePolicyCommand({ ...policyOf(id), PolicyDocument }));
}

async function run(id: string): Promise<{ outcomes: Outcome[]; value?: unknown }> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: deployed[`${id}Name`], Payload: '{}' }),
  );
  const result = JSON.parse(new TextDecoder().decode(Payload));
  if (FunctionError) throw new Error(result.errorMessage);
  return result;
}

const without = ({ rest, statements }: Grants, action: string): Grants => ({
  rest,
  statements: statements.map((statement) => ({
    ...statement,
    Action: statement.Action.filter((candidate) => candidate !== action),
  })),
});

/** A response to HEAD has no body: only its status shows the error. */
const isDenied = ({ error, message, status }: Outcome) =>
  status === 403 || /AccessDenied|not authorized|Forbidden/.test(`${error} ${message}`);

/** Calls that are allowed may still be for something that is not there. */
const ABSENT = [
  'ExecutionDoesNotExist',
  'NoSuchKey',
  'NotFound',
  'NoSuchUpload',
  'UserNotFoundException',
  'ResourceNotFoundException',
];

const actionsOf = (probe: string) => probe.split(' ')[0]!.split('+');

/** Returns true if the statements allow the call: a table and its indexes are different resources. */
function isAllowed(probe: string, { statements }: Grants): boolean {
  const isIndex = probe.endsWith(' index');
  const fits = (resource: string) => resource.includes('/index/') === isIndex;
  return actionsOf(probe).every((action) =>
    statements.some(
      ({ Action, Resource }) =>
        Action.includes(action) && (!action.startsWith('dynamodb:') || Resource.some(fits)),
    ),
  );
}

const denied = (outcomes: readonly Outcome[]) => outcomes.filter(isDenied).map(({ probe }) => probe);
const deniable = (outcomes: readonly Outcome[], grants: Grants) =>
  outcomes.map(({ probe }) => probe).filter((probe) => !isAllowed(probe, grants));

const accesses = allAccesses().map((one) => ({ ...one, id: idOf(one.kind, one.access) }));
const values: readonly string[] = ['text', 'number'];
/** IAM knows the state machine only from the token of a step that waits; without one the call is denied anyway. */
const WITH_TOKEN = 'SagaRespond';

const provable = accesses.filter(({ kind, id }) => !values.includes(kind) && id !== WITH_TOKEN);

describe.each(provable)('$kind $access', ({ id }) => {
  it('allows the calls it is for, and no other', async () => {
    const grants = await grantsOf(id);
    const { outcomes } = await run(id);
    expect(denied(outcomes)).toEqual(deniable(outcomes, grants));
    const failed = outcomes.filter((outcome) => outcome.error && !isDenied(outcome));
    expect(failed.filter(({ error }) => !ABSENT.includes(error!))).toEqual([]);
    const used = outcomes
      .filter(({ probe }) => isAllowed(probe, grants))
      .flatMap(({ probe }) => actionsOf(probe));
    const granted = grants.statements.flatMap(({ Action }) => Action);
    expect([...new Set(used)].sort()).toEqual([...new Set(granted)].sort());
  });

  it('has no superfluous action: without it, its calls are denied', async () => {
    const grants = await grantsOf(id);
    const actions = new Set(grants.statements.flatMap(({ Action }) => Action));
    try {
      for (const action of actions) {
        const fewer = without(grants, action);
        await grant(id, fewer);
        const { outcomes } = await run(id);
        expect({ action, denied: denied(outcomes) }).toEqual({ action, denied: deniable(outcomes, fewer) });
        expect(denied(outcomes).some((probe) => actionsOf(probe).includes(action))).toBe(true);
      }
    } finally {
      await grant(id, grants);
    }
  });
});

it('text and number are in the configuration, and need no permission', async () => {
  expect([await run('TextText'), await run('NumberNumber')]).toEqual([
    { outcomes: [], value: 'drill' },
    { outcomes: [], value: 3 },
  ]);
  expect(
    [await grantsOf('TextText'), await grantsOf('NumberNumber')].map(({ statements }) => statements),
  ).toEqual([[], []]);
});
