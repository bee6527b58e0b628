import {
  CloudFormationClient,
  GetTemplateCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { LocalCloudError } from '../../local/index.js';
import type { ClientConfig } from './cloud.js';

/** A queue with things that failed. */
export interface FailureQueue {
  readonly url: string;
  readonly arn: string;
  readonly count: number;
}

/** The constructs of this library call such queues so. */
const FAILURES = /(^|\/)(DeadLetters|Failures)(\/|$)/;

/**
 * The queues that are meant: one by its name, ARN or URL, or those of a construct by its path.
 *
 * @throws LocalCloudError when there are none
 */
export async function failureQueues(
  sqs: SQSClient,
  config: ClientConfig,
  meant: string,
): Promise<FailureQueue[]> {
  const urls = meant.startsWith('http')
    ? [meant]
    : ((await byName(sqs, meant.split(':').at(-1) as string)) ?? (await byPath(config, meant)));
  if (urls.length === 0) {
    throw new LocalCloudError(
      `Expected a queue, or the path of a construct with a dead-letter queue (as in Shop/Mails), got "${meant}": there is no such queue, and no queue for failures in a deployed construct of that path.`,
    );
  }
  return Promise.all(urls.map((url) => described(sqs, url)));
}

async function described(sqs: SQSClient, url: string): Promise<FailureQueue> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages'],
    }),
  );
  return {
    url,
    arn: Attributes?.QueueArn as string,
    count: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
  };
}

async function byName(sqs: SQSClient, QueueName: string): Promise<string[] | undefined> {
  // What is no name of a queue, SQS refuses with another error.
  if (!/^[\w-]{1,80}(\.fifo)?$/.test(QueueName)) return undefined;
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    return [QueueUrl as string];
  } catch (error) {
    if (/QueueDoesNotExist|NonExistentQueue/.test((error as Error).name)) return undefined;
    throw error;
  }
}

/** The stack is the first part of the path, or, in a stage, is called like its first parts. */
async function byPath(config: ClientConfig, path: string): Promise<string[]> {
  const cloudFormation = new CloudFormationClient(config);
  const parts = path.split('/');
  for (let depth = 1; depth <= Math.min(parts.length, 3); depth++) {
    const stackName = parts.slice(0, depth).join('-');
    const template = await templateOf(cloudFormation, stackName);
    if (!template) continue;
    const ids = failureQueuesIn(template, path);
    if (ids.length > 0) return physicalIds(cloudFormation, stackName, ids);
  }
  return [];
}

interface Template {
  readonly Resources?: Readonly<
    Record<string, { readonly Type: string; readonly Metadata?: Readonly<Record<string, unknown>> }>
  >;
}

async function templateOf(
  cloudFormation: CloudFormationClient,
  StackName: string,
): Promise<Template | undefined> {
  try {
    const { TemplateBody = '{}' } = await cloudFormation.send(
      new GetTemplateCommand({ StackName, TemplateStage: 'Original' }),
    );
    return JSON.parse(TemplateBody);
  } catch (error) {
    if ((error as Error).name === 'ValidationError') return undefined;
    throw error;
  }
}

function failureQueuesIn({ Resources = {} }: Template, path: string): string[] {
  return Object.entries(Resources)
    .filter(([, { Type, Metadata }]) => {
      const own = Metadata?.['aws:cdk:path'];
      if (Type !== 'AWS::SQS::Queue' || typeof own !== 'string') return false;
      return own === path || (own.startsWith(`${path}/`) && FAILURES.test(own.slice(path.length)));
    })
    .map(([id]) => id);
}

async function physicalIds(
  cloudFormation: CloudFormationClient,
  StackName: string,
  ids: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudFormation.send(new ListStackResourcesCommand({ StackName, NextToken }));
    const mine = page.StackResourceSummaries?.filter(({ LogicalResourceId = '' }) =>
      ids.includes(LogicalResourceId),
    );
    found.push(...(mine ?? []).map(({ PhysicalResourceId }) => PhysicalResourceId as string));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}
