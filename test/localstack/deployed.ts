import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { seedProducts } from '../../bin/seed.js';
import { type CloudInfo, cloudInfo, type Deployed } from '../../lib/local/cloud-info.js';
import { deployApp, destroyApp } from '../../lib/local/deployment.js';
import { installNodeRuntimes } from '../../lib/local/node-runtimes.js';
import { USERS_PATH } from '../../stacks/platform.js';
import { LOCALSTACK_CREDENTIALS, localStackClient } from './client.js';

export interface Place {
  readonly endpoint: string;
  /** For what is synthesized. */
  readonly folder: string;
  /** File with the paths of Node.js for the process executor. Undefined if another executor runs functions. */
  readonly nodesFile?: string;
  readonly log: (line: string) => void;
}

/** An app that was deployed to a LocalStack. */
export interface DeployedApp {
  readonly info: CloudInfo;
  destroy(): Promise<void>;
}

/** Synthesizes an app for LocalStack and deploys all of it. */
export async function deploy(projectDir: string, name: string, place: Place): Promise<DeployedApp> {
  const { endpoint, nodesFile, log } = place;
  const options = {
    projectDir,
    endpoint,
    credentials: LOCALSTACK_CREDENTIALS,
    log,
    target: 'localstack',
    assemblyDir: join(place.folder, `${name}.out`),
  } as const;
  const destroy = () => destroyApp(options);
  const prepare = async (runtimes: string[]) => {
    const majors = runtimes.flatMap((runtime) => /^nodejs(\d+)\.x$/.exec(runtime)?.[1] ?? []);
    if (nodesFile) await installNodeRuntimes(majors, nodesFile, log);
  };
  try {
    return { info: infoOf(endpoint, await deployApp({ ...options, bootstrapped: [], prepare })), destroy };
  } catch (error) {
    // What was made before it failed.
    await destroy().catch(() => undefined);
    throw error;
  }
}

/** The same as for the local cloud, with the addresses of APIs that LocalStack has. */
export function infoOf(endpoint: string, deployed: Deployed): CloudInfo {
  const stacks = deployed.stacks.map(({ outputs, ...stack }) => ({
    ...stack,
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [name, addressOf(endpoint, value)]),
    ),
  }));
  return cloudInfo(endpoint, { ...deployed, stacks });
}

function addressOf(endpoint: string, value: string): string {
  const api = /^https:\/\/([a-z0-9]+)\.execute-api\.[^/]+\/([^/]+)/.exec(value);
  return api ? `${endpoint}/_aws/execute-api/${api[1]}/${api[2]}` : value;
}

/** Puts the sample products into the storefront. */
export async function furnish({ endpoint, outputs }: CloudInfo): Promise<void> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(localStackClient(endpoint)));
  await seedProducts(client, outputs.StorefrontProducts?.ProductsTableName as string);
}

/** Returns the id of a substitute for the user pool's app client: LocalStack has no user pools. */
export async function appClientId(endpoint: string): Promise<string> {
  const ssm = new SSMClient(localStackClient(endpoint));
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: `${USERS_PATH}/client-ids` }));
  return Parameter?.Value as string;
}
