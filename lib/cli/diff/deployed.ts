import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { LocalCloudError } from '../../local/index.js';
import type { ClientConfig } from '../redrive/cloud.js';
import { NESTED, type SynthesizedStack, type Template } from './templates.js';

/** What is deployed under the names of an app's stacks. */
export interface Deployed {
  readonly account: string | undefined;
  readonly templates: ReadonlyMap<string, Template>;
}

/** Reads what is deployed; a stack that is not there is left out. Nothing is written. */
export async function deployedStacks(
  config: ClientConfig,
  stacks: readonly SynthesizedStack[],
): Promise<Deployed> {
  const templates = new Map<string, Template>();
  let account: string | undefined;
  for (const { name, region } of stacks) {
    if (name.includes('/')) continue;
    const client = new CloudFormationClient(region === 'unknown-region' ? config : { ...config, region });
    const id = await stackId(client, name);
    if (id === undefined) continue;
    account ??= id.split(':')[4];
    await read(client, name, id, templates);
  }
  return { account, templates };
}

/** A stack, and those that are nested in it now: the app may have them no longer. */
async function read(
  client: CloudFormationClient,
  name: string,
  StackName: string,
  into: Map<string, Template>,
): Promise<void> {
  const { TemplateBody = '{}' } = await client.send(
    new GetTemplateCommand({ StackName, TemplateStage: 'Original' }),
  );
  const template = parsed(name, TemplateBody);
  into.set(name, template);
  const nested = Object.entries(template.Resources ?? {}).filter(([, { Type }]) => Type === NESTED);
  for (const [LogicalResourceId] of nested) {
    const { StackResourceDetail } = await client.send(
      new DescribeStackResourceCommand({ StackName, LogicalResourceId }),
    );
    const id = StackResourceDetail?.PhysicalResourceId;
    if (id) await read(client, `${name}/${LogicalResourceId}`, id, into);
  }
}

async function stackId(client: CloudFormationClient, StackName: string): Promise<string | undefined> {
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    // Its first deployment is only prepared, or was rolled back: nothing is there.
    return /^(REVIEW_IN_PROGRESS|ROLLBACK_COMPLETE)$/.test(stack?.StackStatus ?? '')
      ? undefined
      : stack?.StackId;
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined;
    throw error;
  }
}

function parsed(name: string, body: string): Template {
  try {
    return JSON.parse(body);
  } catch {
    throw new LocalCloudError(
      `The stack ${name} was not deployed by the CDK: its template is no JSON, so it cannot be compared.`,
    );
  }
}
