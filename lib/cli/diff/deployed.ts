import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { LocalCloudError } from '../../local/index.js';
import type { ClientConfig } from '../redrive/cloud.js';
import { NESTED, type SynthesizedStack, type Template } from './templates.js';

/** Deployed templates of an app's stacks. */
export interface Deployed {
  readonly account: string | undefined;
  readonly templates: ReadonlyMap<string, Template>;
}

/** Reads the deployed templates of an app's stacks; stacks that do not exist are omitted. Writes nothing. */
export async function readDeployedStacks(
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
    await readStack(client, name, id, templates);
  }
  return { account, templates };
}

/** Reads a stack and the stacks that are nested in it now, which the app may no longer have. */
async function readStack(
  client: CloudFormationClient,
  name: string,
  StackName: string,
  into: Map<string, Template>,
): Promise<void> {
  const { TemplateBody = '{}' } = await client.send(
    new GetTemplateCommand({ StackName, TemplateStage: 'Original' }),
  );
  const template = parseTemplate(name, TemplateBody);
  into.set(name, template);
  const nested = Object.entries(template.Resources ?? {}).filter(([, { Type }]) => Type === NESTED);
  for (const [LogicalResourceId] of nested) {
    const { StackResourceDetail } = await client.send(
      new DescribeStackResourceCommand({ StackName, LogicalResourceId }),
    );
    const id = StackResourceDetail?.PhysicalResourceId;
    if (id) await readStack(client, `${name}/${LogicalResourceId}`, id, into);
  }
}

async function stackId(client: CloudFormationClient, StackName: string): Promise<string | undefined> {
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    // The first deployment was only prepared, or was rolled back: the stack has no resources.
    return /^(REVIEW_IN_PROGRESS|ROLLBACK_COMPLETE)$/.test(stack?.StackStatus ?? '')
      ? undefined
      : stack?.StackId;
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined;
    throw error;
  }
}

function parseTemplate(name: string, body: string): Template {
  try {
    return JSON.parse(body);
  } catch {
    throw new LocalCloudError(
      `The stack ${name} cannot be compared: the template is not JSON, so it was not deployed by the CDK.`,
    );
  }
}
