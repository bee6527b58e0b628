import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { delivery } from '../../../lib/cli/redrive/deliver.js';

const sqs = mockClient(SQSClient);
const deliver = delivery({}, new SQSClient({}));
const way = { kind: 'send', to: 'arn:aws:sqs:eu-west-1:123456789012:mails', payload: { a: 1 } } as const;
const text = (StringValue: string) => ({ DataType: 'String', StringValue });
const attributes = () => sqs.commandCalls(SendMessageCommand)[0]!.args[0].input.MessageAttributes;

beforeEach(() => {
  sqs.reset();
  sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: 'https://sqs/mails' });
  sqs.on(SendMessageCommand).resolves({});
});

describe('a message that is sent to a queue again', () => {
  it('keeps the id that its sender gave it, and what it follows from', async () => {
    const own = { messageId: text('own-1'), correlationId: text('c-1') };
    const ofEventBridge = { TARGET_ARN: text('arn'), ERROR_CODE: text('NO_PERMISSIONS') };
    await deliver(way, { MessageId: 'm-1', MessageAttributes: { ...own, ...ofEventBridge } });
    expect(attributes()).toEqual(own);
  });

  it('has the id of SQS as its own where its sender gave it none: a new one would make it another message', async () => {
    await deliver(way, { MessageId: 'm-1' });
    expect(attributes()).toEqual({ messageId: text('m-1') });
  });
});
