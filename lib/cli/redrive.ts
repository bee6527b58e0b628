import { createInterface } from 'node:readline/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { LocalCloudError } from '../local/index.js';
import { type CloudOptions, clientConfig } from './redrive/cloud.js';
import { createDeliver } from './redrive/deliver.js';
import { type Destination, destinationsOf } from './redrive/destinations.js';
import { type MoveResult, moveToSources, redriveMessages, sourcesOf } from './redrive/move.js';
import { type FailureQueue, failureQueues } from './redrive/queues.js';
import { resolveRedriveAction } from './redrive/redrive-action.js';
import { DeployedStacks } from './redrive/stacks.js';

export interface RedriveOptions extends CloudOptions {
  /** ARN that messages without a target are sent to. Messages may also name it as their target. @default - none */
  readonly to?: string;
  /** Redrives without confirmation; the targets are printed all the same. @default false */
  readonly yes?: boolean;
}

/** Redrives a failure queue. Messages are sent only to targets that are configured with the queue, or to `--to`. */
export async function redrive(queueOrPath: string, options: RedriveOptions): Promise<void> {
  const config = await clientConfig(options);
  const sqs = new SQSClient(config);
  const stacks = await DeployedStacks.read(new CloudFormationClient(config));
  const queues = await failureQueues(sqs, stacks, queueOrPath);
  const filled = queues.filter(({ count }) => count > 0);
  if (filled.length === 0) {
    console.log(`Nothing to redrive. Empty: ${queues.map(({ url }) => nameOf(url)).join(', ')}`);
    return;
  }
  const lambda = new LambdaClient(config);
  const plans = await Promise.all(filled.map((queue) => planOf(queue, { sqs, lambda, stacks }, options.to)));
  for (const plan of plans) printPlan(plan);
  if (options.target === 'aws' && !options.yes) await confirm();
  const deliver = createDeliver(config);
  let left = 0;
  for (const { queue, sources, destinations } of plans) {
    const result =
      sources.length > 0
        ? await moveToSources(sqs, queue, sources.length === 1 ? sources[0] : undefined)
        : await redriveMessages(sqs, queue, deliver, (message) =>
            resolveRedriveAction(message, destinations, options.to),
          );
    printResult(queue, result);
    left += result.left.length;
  }
  if (left > 0)
    throw new LocalCloudError(
      `${messages(left)} could not be redriven and ${left === 1 ? 'is' : 'are'} still in the queue.`,
    );
}

/** Targets of the messages of a queue. */
interface Plan {
  readonly queue: FailureQueue;
  /**
   * ARNs of the queues whose dead-letter queue it is: SQS moves the messages back. If there is only one, it also gets
   * the messages that a rule has put there.
   */
  readonly sources: readonly string[];
  /** Other resources that send their failures to the queue. */
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

/** Prints the queue and the possible targets of its messages, for the operator to confirm. */
function printPlan({ queue: { arn, count }, sources, destinations, to }: Plan): void {
  const [, , , region, account, name] = arn.split(':');
  console.log(`${name} in the account ${account}, ${region}: about ${messages(count)}. Possible targets:`);
  const all = [
    ...sources,
    ...destinations.map((destination) => destination.to),
    ...(to === undefined ? [] : [`${to} (--to)`]),
  ];
  for (const target of new Set(all)) console.log(`  ${target}`);
  if (all.length === 0) console.log('  none: no deployed resource sends its failures to this queue');
}

const messages = (count: number) => `${count} message${count === 1 ? '' : 's'}`;

async function confirm(): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new LocalCloudError('stdin is not a terminal: pass `--yes` to redrive without confirmation.');
  }
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const input = await prompt.question('Redrive the messages? (y/N) ');
  prompt.close();
  if (!/^y(es)?$/i.test(input.trim())) throw new LocalCloudError('Nothing was redriven.');
}

function printResult({ url }: FailureQueue, { moved, left }: MoveResult): void {
  console.log(`${nameOf(url)}: ${moved} redriven${left.length > 0 ? `, ${left.length} left` : ''}`);
  for (const line of left) console.log(`  ${line}`);
}

function nameOf(url: string): string {
  return url.split('/').at(-1) as string;
}
