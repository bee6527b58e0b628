import { createInterface } from 'node:readline/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { LocalCloudError } from '../local/index.js';
import { type CloudOptions, clientConfig } from './redrive/cloud.js';
import { delivery } from './redrive/deliver.js';
import { type Destination, destinationsOf } from './redrive/destinations.js';
import { type Moved, moveBack, sourcesOf, takeBack } from './redrive/move.js';
import { type FailureQueue, failureQueues } from './redrive/queues.js';
import { DeployedStacks } from './redrive/stacks.js';
import { wayBack } from './redrive/way-back.js';

export interface RedriveOptions extends CloudOptions {
  /** ARN of what gets messages that do not say where they have to go, and those that ask for it. */
  readonly to?: string;
  /** Whether the command does not ask; it says where messages go all the same. */
  readonly yes?: boolean;
}

/** Sends what failed back to where it failed: to what belongs to the queue, and to nothing else that a message asks for. */
export async function redrive(meant: string, options: RedriveOptions): Promise<void> {
  const config = await clientConfig(options);
  const sqs = new SQSClient(config);
  const stacks = await DeployedStacks.read(new CloudFormationClient(config));
  const queues = await failureQueues(sqs, stacks, meant);
  const filled = queues.filter(({ count }) => count > 0);
  if (filled.length === 0) {
    console.log(`Nothing to redrive: ${queues.map(({ url }) => nameOf(url)).join(', ')} is empty.`);
    return;
  }
  const lambda = new LambdaClient(config);
  const plans = await Promise.all(filled.map((queue) => planOf(queue, { sqs, lambda, stacks }, options.to)));
  for (const plan of plans) announce(plan);
  if (options.target === 'aws' && !options.yes) await confirm();
  const deliver = delivery(config, sqs);
  let left = 0;
  for (const { queue, sources, destinations } of plans) {
    const moved =
      sources.length > 0
        ? await moveBack(sqs, queue, sources.length === 1 ? sources[0] : undefined)
        : await takeBack(sqs, queue, deliver, (message) => wayBack(message, destinations, options.to));
    tell(queue, moved);
    left += moved.left.length;
  }
  if (left > 0)
    throw new LocalCloudError(`${left} messages could not be redriven and are still in the queue.`);
}

/** What becomes of the messages of a queue. */
interface Plan {
  readonly queue: FailureQueue;
  /**
   * ARNs of the queues whose dead letters these are: SQS moves them back by itself. Those that a rule has put there go to
   * the queue, too, if there is one only.
   */
  readonly sources: readonly string[];
  /** What else belongs to the queue. */
  readonly destinations: readonly Destination[];
  readonly to: string | undefined;
}

interface Clients {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly stacks: DeployedStacks;
}

async function planOf(queue: FailureQueue, { sqs, lambda, stacks }: Clients, to?: string): Promise<Plan> {
  const urls = to === undefined ? await sourcesOf(sqs, queue) : [];
  const sources = await Promise.all(urls.map((url) => arnOf(sqs, url)));
  const destinations = sources.length > 0 ? [] : await destinationsOf(queue.arn, stacks, lambda);
  return { queue, sources, destinations, to };
}

async function arnOf(sqs: SQSClient, QueueUrl: string): Promise<string> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  return Attributes?.QueueArn as string;
}

/** Names the queue and where its messages may go: an operator answers for that. */
function announce({ queue: { arn, count }, sources, destinations, to }: Plan): void {
  const [, , , region, account, name] = arn.split(':');
  console.log(`${name} in the account ${account}, ${region}: about ${count} messages, which may go to`);
  const all = [
    ...sources,
    ...destinations.map((one) => one.to),
    ...(to === undefined ? [] : [`${to} (--to)`]),
  ];
  for (const one of [...new Set(all)]) console.log(`  ${one}`);
  if (all.length === 0)
    console.log('  nothing: no deployed stack has anything that sends its failures there');
}

async function confirm(): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new LocalCloudError('stdin is not a terminal: pass `--yes` to redrive without confirmation.');
  }
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question('Send the messages there? (y/N) ');
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
