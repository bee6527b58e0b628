import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, paginateDescribeStacks, type Stack } from '@aws-sdk/client-cloudformation';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterAlreadyExists,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { assertLoopback } from '../../lib/local/environment.js';
import { LocalCloudError } from '../../lib/local/errors.js';
import { localStackClient } from './client.js';

/** A LocalStack of the user's own, for as long as the suite uses it. */
export interface Joined {
  readonly endpoint: string;
  /** Key that signs tokens; this LocalStack does not have it. */
  readonly tokenKey: string;
  readonly folder: string;
  /** Gives it back; what was deployed there must be destroyed before. */
  stop(): Promise<void>;
}

/** Parameter that marks a LocalStack as in use by a run of the suite. */
const CLAIM = '/cdk-trellis/behaviour-suite';

/** The stacks that the suite deploys. */
const OWN_STACKS = /^(Storefront[A-Z]\w+|TrellisDrill\w*)$/;

/**
 * Joins a LocalStack that runs already.
 *
 * @throws LocalCloudError when it is not on this machine, does not respond, is another emulator, is in use by another
 *   run, or has stacks of the suite: it deletes nothing that it has not made
 */
export async function joinLocalStack(given: string, log: (line: string) => void): Promise<Joined> {
  const endpoint = onThisMachine(given);
  const version = await versionOf(endpoint);
  log(`LocalStack ${version} at ${endpoint}, which is yours: what is there stays`);
  const release = await claim(endpoint);
  try {
    await assertNothingThere(endpoint);
  } catch (error) {
    await release();
    throw error;
  }
  const folder = mkdtempSync(join(tmpdir(), 'trellis-localstack-'));
  const stop = async () => {
    rmSync(folder, { recursive: true, force: true });
    await release();
  };
  return { endpoint, folder, tokenKey: randomBytes(32).toString('hex'), stop };
}

function onThisMachine(given: string): string {
  try {
    // By a name, clients of S3 would look for <bucket>.localhost.
    return assertLoopback(given).replace('//localhost', '//127.0.0.1').replace(/\/$/, '');
  } catch {
    throw new LocalCloudError(
      `LOCALSTACK_ENDPOINT must be on this machine, as in http://127.0.0.1:4566, got ${given}.\n` +
        'What is tested on it is deployed and destroyed there; unset it to have a LocalStack installed and started.',
    );
  }
}

async function versionOf(endpoint: string): Promise<string> {
  const get = async (path: string): Promise<any> => {
    const response = await fetch(`${endpoint}${path}`, { signal: AbortSignal.timeout(10_000) });
    const isPrivate = response.status === 403 && path.startsWith('/_ministack/');
    return response.ok || isPrivate ? response.json().catch(() => undefined) : undefined;
  };
  try {
    // MiniStack serves LocalStack's paths, too; the local cloud of a project rejects a request without its token.
    const other = await get('/_ministack/health');
    const info = other ? undefined : await get('/_localstack/info');
    if (typeof info?.version === 'string') return info.version;
    throw new LocalCloudError(
      `LOCALSTACK_ENDPOINT is ${endpoint}, which is ${other ? 'MiniStack' : 'not LocalStack'}.\n` +
        'Set it to the address of a LocalStack, or unset it: one is installed and started then.',
    );
  } catch (error) {
    if (error instanceof LocalCloudError) throw error;
    throw new LocalCloudError(
      `LOCALSTACK_ENDPOINT is ${endpoint}, where no server responds.\n` +
        'Start a LocalStack there, or unset it: one is installed and started then.',
    );
  }
}

async function assertNothingThere(endpoint: string): Promise<void> {
  const client = new CloudFormationClient(localStackClient(endpoint));
  const present: Stack[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {}))
    present.push(...Stacks.filter(({ StackName = '' }) => OWN_STACKS.test(StackName)));
  const there = present.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
  if (there.length === 0) return;
  const named = there.map(({ StackName, StackStatus }) => `${StackName} (${StackStatus})`);
  throw new LocalCloudError(
    `The suite begins with nothing deployed, but the LocalStack at ${endpoint} has ${named.join(', ')}.\n` +
      'It deletes nothing that it has not made: restart LocalStack, or delete them yourself:\n' +
      there
        .map(({ StackName }) => `  ${cli(endpoint)} cloudformation delete-stack --stack-name ${StackName}`)
        .join('\n'),
  );
}

/** Two runs at once would deploy the same stacks. */
async function claim(endpoint: string): Promise<() => Promise<void>> {
  const ssm = new SSMClient(localStackClient(endpoint));
  const Value = `process ${process.pid} on ${hostname()} since ${new Date().toISOString()}`;
  try {
    await ssm.send(new PutParameterCommand({ Name: CLAIM, Type: 'String', Value }));
  } catch (error) {
    if (!(error instanceof ParameterAlreadyExists)) throw error;
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: CLAIM }));
    throw new LocalCloudError(
      `Another run uses the LocalStack at ${endpoint}: ${Parameter?.Value}.\n` +
        `Wait for its end. If it was killed: ${cli(endpoint)} ssm delete-parameter --name ${CLAIM}`,
    );
  }
  return async () => {
    await ssm.send(new DeleteParameterCommand({ Name: CLAIM }));
  };
}

const cli = (endpoint: string) => `aws --endpoint-url ${endpoint} --region us-east-1`;
