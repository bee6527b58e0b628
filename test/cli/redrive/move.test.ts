import {
  CreateQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Deliver } from '../../../lib/cli/redrive/deliver.js';
import type { Destination } from '../../../lib/cli/redrive/destinations.js';
import { redriveMessages } from '../../../lib/cli/redrive/move.js';
import { failureQueues } from '../../../lib/cli/redrive/queues.js';
import { resolveRedriveAction } from '../../../lib/cli/redrive/redrive-action.js';
import type { DeployedStacks } from '../../../lib/cli/redrive/stacks.js';
import { Emulator } from '../../local/emulator.js';

const fn = 'arn:aws:lambda:us-east-1:000000000000:function:mail';
const stacks = { stacks: [] } as unknown as DeployedStacks;
const failed = (payload: unknown) => ({ requestContext: { functionArn: fn }, requestPayload: payload });

let emulator: Emulator;
let sqs: SQSClient;
beforeAll(async () => {
  emulator = await Emulator.start();
  sqs = new SQSClient(emulator.client);
});
afterAll(() => emulator?.stop());

/** A failure queue with messages. */
async function failureQueue(name: string, ...bodies: unknown[]) {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  for (const body of bodies) await put(QueueUrl as string, JSON.stringify(body));
  return QueueUrl as string;
}

const put = (QueueUrl: string, MessageBody: string) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

/** Messages that are visible now. */
async function visible(QueueUrl: string): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages;
}

async function redrive(url: string, deliver: Deliver, destinations: readonly Destination[] = [{ to: fn }]) {
  const [queue] = await failureQueues(sqs, stacks, url);
  return redriveMessages(sqs, queue!, deliver, (message) => resolveRedriveAction(message, destinations));
}

it('delivers a message once in a run: one that fails again at once stays in the queue', async () => {
  const url = await failureQueue('again', failed(1));
  let deliveries = 0;
  const result = await redrive(url, async (_, { Body = '' }) => {
    deliveries += 1;
    if (deliveries > 5) throw new Error('delivered again and again');
    await put(url, Body);
  });
  expect(deliveries).toBe(1);
  expect(result).toEqual({ moved: 1, left: [expect.stringContaining('after the start of this run')] });
  expect(await visible(url)).toHaveLength(1);
});

it.each([
  ['function', { ...failed(1), requestContext: { functionArn: 5 } }, 'requestContext.functionArn'],
  ['bus', { refused: 'x', putEvents: { EventBusName: 5 } }, 'putEvents.EventBusName'],
  ['changes', { ...failed(undefined), DDBStreamBatchInfo: { shardId: 's' } }, 'DDBStreamBatchInfo.streamArn'],
])(
  'leaves a message whose %s is malformed, reports the position, and redrives the others',
  async (name, body, path) => {
    const url = await failureQueue(`malformed-${name}`, failed(1), body, failed(2));
    const delivered: unknown[] = [];
    const { moved, left } = await redrive(url, async (action) => {
      delivered.push(action.kind === 'send' && action.payload);
    });
    expect({ moved, delivered }).toEqual({ moved: 2, delivered: [1, 2] });
    const [message, ...others] = await visible(url);
    expect(others).toEqual([]);
    expect(message?.Body).toBe(JSON.stringify(body));
    expect(left).toEqual([expect.stringMatching(`^${message?.MessageId}: .*malformed \\(${path}`)]);
  },
);

it('makes every message that is left visible when it ends, also by an error', async () => {
  const url = await failureQueue('ended', failed(1), failed(2), failed(3));
  const { moved } = await redrive(url, async (action) => {
    if (action.kind === 'send' && action.payload === 2) throw new Error('no such function');
  });
  expect(moved).toBe(2);
  expect((await visible(url)).map(({ Body }) => Body)).toEqual([JSON.stringify(failed(2))]);

  const broken = await failureQueue('broken', failed(1), failed(2));
  const send = sqs.send.bind(sqs);
  const failing = jest.spyOn(sqs, 'send').mockImplementation((command: any) => {
    if (command instanceof ReceiveMessageCommand && failing.mock.calls.length > 2) {
      return Promise.reject(new Error('the token has expired'));
    }
    return send(command);
  });
  await expect(
    redrive(broken, async () => {
      throw new Error('not now');
    }),
  ).rejects.toThrow('the token has expired');
  failing.mockRestore();
  expect(await visible(broken)).toHaveLength(2);
});

describe('a queue by its ARN', () => {
  const arn = (name: string, here = 'us-east-1:000000000000') => `arn:aws:sqs:${here}:${name}`;

  it('is this queue', async () => {
    const url = await failureQueue('by-arn');
    expect(await failureQueues(sqs, stacks, arn('by-arn'))).toMatchObject([{ url, arn: arn('by-arn') }]);
  });

  it.each([
    ['of another region', arn('by-name', 'eu-west-1:000000000000')],
    ['of another account', arn('by-name', 'us-east-1:123456789012')],
    ['of a function', 'arn:aws:lambda:us-east-1:000000000000:function:by-name'],
  ])('is not the queue of the same name here: one %s', async (_, other) => {
    await failureQueue('by-name');
    await expect(failureQueues(sqs, stacks, other)).rejects.toThrow(
      `Expected the ARN of a queue of this account and region, got "${other}"`,
    );
  });
});
