import { createInterface } from 'node:readline/promises';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { LocalCloudError } from '../local/index.js';
import { type CloudOptions, clientConfig } from './redrive/cloud.js';
import { delivery } from './redrive/deliver.js';
import { type Moved, moveBack, sourcesOf, takeBack } from './redrive/move.js';
import { type FailureQueue, failureQueues } from './redrive/queues.js';

export interface RedriveOptions extends CloudOptions {
  /** ARN of what gets messages that do not say where they have to go. */
  readonly to?: string;
  /** Whether nobody is asked. */
  readonly yes?: boolean;
}

/** Sends what failed back to where it failed. */
export async function redrive(meant: string, options: RedriveOptions): Promise<void> {
  const config = await clientConfig(options);
  const sqs = new SQSClient(config);
  const queues = await failureQueues(sqs, config, meant);
  const filled = queues.filter(({ count }) => count > 0);
  if (filled.length === 0) {
    console.log(`Nothing to redrive: ${queues.map(({ url }) => nameOf(url)).join(', ')} is empty.`);
    return;
  }
  if (options.target === 'aws' && !options.yes) await confirm(filled);
  const deliver = delivery(config, sqs);
  let left = 0;
  for (const queue of filled) {
    const sources = options.to === undefined ? await sourcesOf(sqs, queue) : [];
    const moved =
      sources.length > 0
        ? await moveBack(sqs, queue, await onlyArn(sqs, sources))
        : await takeBack(sqs, queue, deliver, options.to);
    tell(queue, moved);
    left += moved.left.length;
  }
  if (left > 0) throw new LocalCloudError(`${left} stayed where they were.`);
}

/** Dead letters that a rule has put there go to the queue, too, if there is one only. */
async function onlyArn(sqs: SQSClient, [first, ...others]: readonly string[]): Promise<string | undefined> {
  if (others.length > 0) return undefined;
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: first, AttributeNames: ['QueueArn'] }),
  );
  return Attributes?.QueueArn;
}

async function confirm(queues: readonly FailureQueue[]): Promise<void> {
  for (const { arn, count } of queues) {
    const [, , , region, account, name] = arn.split(':');
    console.log(`${name} in the account ${account}, ${region}: about ${count} messages`);
  }
  if (!process.stdin.isTTY) {
    throw new LocalCloudError('Nobody is there to be asked: add `--yes` to redrive them without a question.');
  }
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question('Send them back to where they failed? (y/N) ');
  prompt.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new LocalCloudError('Nothing was redriven.');
}

function tell({ url }: FailureQueue, { moved, left }: Moved): void {
  console.log(`${nameOf(url)}: ${moved} sent back${left.length > 0 ? `, ${left.length} left` : ''}`);
  for (const line of left) console.log(`  ${line}`);
}

function nameOf(url: string): string {
  return url.split('/').at(-1) as string;
}
