import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { LocalCloudError } from '../../local/index.js';
import type { DeployedStack, DeployedStacks } from './stacks.js';

/** A queue with things that failed. */
export interface FailureQueue {
  readonly url: string;
  readonly arn: string;
  readonly count: number;
}

/** The constructs of this library call such queues so. */
const FAILURES = /(^|\/)(DeadLetters|Failures)(\/|$)/;

/** Errors that say nothing about the URL. */
const CREDENTIAL_ERRORS = /Credentials|Token|Signature|AccessDenied|UnrecognizedClient/;

/**
 * The queues that are meant: one by its name, ARN or URL, or those of a construct by its path.
 *
 * @throws LocalCloudError when there are none
 */
export async function failureQueues(
  sqs: SQSClient,
  stacks: DeployedStacks,
  meant: string,
): Promise<FailureQueue[]> {
  const urls = meant.startsWith('http')
    ? [meant]
    : ((await byName(sqs, meant.split(':').at(-1) as string)) ?? (await byPath(stacks, meant)));
  if (urls.length === 0) {
    throw new LocalCloudError(
      `Expected a queue, or the path of a construct with a dead-letter queue (as in Shop/Mails), got "${meant}": there is no such queue, and no queue for failures in a deployed construct of that path.`,
    );
  }
  return Promise.all(urls.map((url) => described(sqs, url)));
}

async function described(sqs: SQSClient, url: string): Promise<FailureQueue> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: url,
    AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages'],
  });
  const { Attributes } = await sqs.send(command).catch((error: Error) => {
    // A wrong host, too: the SDK sends the request to the URL itself.
    if (CREDENTIAL_ERRORS.test(error.name)) throw error;
    throw new LocalCloudError(
      `Expected the URL of a queue of this account and region, got "${url}" (${error.message}). Pass the name of the queue, or the path of its construct, as in Shop/Mails.`,
    );
  });
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

/**
 * The queues of a construct, by the paths in the deployed templates: a stack may have any name, and be nested.
 *
 * @throws LocalCloudError when several stacks have such a construct
 */
async function byPath({ stacks }: DeployedStacks, path: string): Promise<string[]> {
  const found = stacks
    .map((stack) => ({ stack, ids: failureQueuesIn(stack, path) }))
    .filter(({ ids }) => ids.length > 0);
  const roots = new Set(found.map(({ stack }) => stack.rootId));
  if (roots.size > 1) {
    const names = found.map(({ stack }) => stack.name).join(', ');
    throw new LocalCloudError(
      `Expected one stack with ${path}, got ${names}. Name the queue itself, by its ARN or URL.`,
    );
  }
  const urls = await Promise.all(found.flatMap(({ stack, ids }) => ids.map((id) => stack.physicalId(id))));
  return urls.filter((url) => url !== undefined);
}

function failureQueuesIn({ resources }: DeployedStack, path: string): string[] {
  return Object.entries(resources)
    .filter(([, { Type, Metadata }]) => {
      const own = Metadata?.['aws:cdk:path'];
      if (Type !== 'AWS::SQS::Queue' || typeof own !== 'string') return false;
      return own === path || (own.startsWith(`${path}/`) && FAILURES.test(own.slice(path.length)));
    })
    .map(([id]) => id);
}
