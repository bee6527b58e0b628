import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { LocalCloudError } from '../../local/index.js';
import type { DeployedStack, DeployedStacks } from './stacks.js';

/** A queue of failures, such as a dead-letter queue. */
export interface FailureQueue {
  readonly url: string;
  readonly arn: string;
  readonly count: number;
}

/** Construct ids of failure queues in this library. */
const FAILURES = /(^|\/)(DeadLetters|Failures)(\/|$)/;

/** Errors that do not mean that the URL is wrong. */
const CREDENTIAL_ERRORS = /Credentials|Token|Signature|AccessDenied|UnrecognizedClient/;

/**
 * Returns a queue by its name, ARN or URL, or the failure queues of a construct by its path.
 *
 * @throws LocalCloudError when the queue does not exist
 */
export async function failureQueues(
  sqs: SQSClient,
  stacks: DeployedStacks,
  queueOrPath: string,
): Promise<FailureQueue[]> {
  if (queueOrPath.startsWith('arn:')) return [await byArn(sqs, queueOrPath)];
  const urls = queueOrPath.startsWith('http')
    ? [queueOrPath]
    : ((await byName(sqs, queueOrPath)) ?? (await byPath(stacks, queueOrPath)));
  if (urls.length === 0) {
    throw new LocalCloudError(
      `Expected a queue, or the path of a construct with a dead-letter queue (as in Shop/Mails), got "${queueOrPath}": no queue has this name, and no deployed construct with this path has a failure queue.`,
    );
  }
  return Promise.all(urls.map((url) => describeQueue(sqs, url)));
}

async function describeQueue(sqs: SQSClient, url: string): Promise<FailureQueue> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: url,
    AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages'],
  });
  const { Attributes } = await sqs.send(command).catch((error: Error) => {
    // The errors of a wrong host included: the SDK sends the request to the URL itself.
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

/** The name alone may be that of another queue: of this account and region, or of a function, a topic or a bus. */
async function byArn(sqs: SQSClient, arn: string): Promise<FailureQueue> {
  const [, , , , account, name = ''] = arn.split(':');
  const [url] = (await byName(sqs, name, account)) ?? [];
  const queue = url === undefined ? undefined : await describeQueue(sqs, url);
  if (queue?.arn === arn) return queue;
  throw new LocalCloudError(
    `Expected the ARN of a queue of this account and region, got "${arn}"${queue ? `; the queue of this name has the ARN ${queue.arn}` : ''}. For another account or region, pass its \`--profile\` or \`--region\`.`,
  );
}

async function byName(
  sqs: SQSClient,
  QueueName: string,
  QueueOwnerAWSAccountId?: string,
): Promise<string[] | undefined> {
  // SQS rejects an invalid name with another error.
  if (!/^[\w-]{1,80}(\.fifo)?$/.test(QueueName)) return undefined;
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId }));
    return [QueueUrl as string];
  } catch (error) {
    if (/QueueDoesNotExist|NonExistentQueue/.test((error as Error).name)) return undefined;
    throw error;
  }
}

/**
 * Returns the failure queues of a construct by the paths in the deployed templates: a stack may have any name, and be
 * nested.
 *
 * @throws LocalCloudError when several stacks have such a construct
 */
async function byPath({ stacks }: DeployedStacks, path: string): Promise<string[]> {
  const matches = stacks
    .map((stack) => ({ stack, ids: failureQueuesIn(stack, path) }))
    .filter(({ ids }) => ids.length > 0);
  const roots = new Set(matches.map(({ stack }) => stack.rootId));
  if (roots.size > 1) {
    const names = matches.map(({ stack }) => stack.name).join(', ');
    throw new LocalCloudError(
      `Expected one stack with ${path}, got ${names}. Pass the ARN or URL of the queue.`,
    );
  }
  const urls = await Promise.all(matches.flatMap(({ stack, ids }) => ids.map((id) => stack.physicalId(id))));
  return urls.filter((url) => url !== undefined);
}

function failureQueuesIn({ resources }: DeployedStack, path: string): string[] {
  return Object.entries(resources)
    .filter(([, { Type, Metadata }]) => {
      const queuePath = Metadata?.['aws:cdk:path'];
      if (Type !== 'AWS::SQS::Queue' || typeof queuePath !== 'string') return false;
      return (
        queuePath === path ||
        (queuePath.startsWith(`${path}/`) && FAILURES.test(queuePath.slice(path.length)))
      );
    })
    .map(([id]) => id);
}
