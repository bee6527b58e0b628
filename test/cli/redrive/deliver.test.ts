import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { createDeliver } from '../../../lib/cli/redrive/deliver.js';

const sqs = mockClient(SQSClient);
const deliver = createDeliver({});
const action = { kind: 'send', to: 'arn:aws:sqs:eu-west-1:123456789012:mails', payload: { a: 1 } } as const;
const text = (StringValue: string) => ({ DataType: 'String', StringValue });
const attributes = () => sqs.commandCalls(SendMessageCommand)[0]!.args[0].input.MessageAttributes;

beforeEach(() => {
  sqs.reset();
  sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: 'https://sqs/mails' });
  sqs.on(SendMessageCommand).resolves({});
});

describe('a message that is sent to a queue again', () => {
  it('keeps its message id and its correlation id', async () => {
    const sent = { messageId: text('own-1'), correlationId: text('c-1') };
    const ofEventBridge = { TARGET_ARN: text('arn'), ERROR_CODE: text('NO_PERMISSIONS') };
    await deliver(action, { MessageId: 'm-1', MessageAttributes: { ...sent, ...ofEventBridge } });
    expect(attributes()).toEqual(sent);
  });

  it('gets the id of SQS as its message id if its sender set none: a new id would make it another message', async () => {
    await deliver(action, { MessageId: 'm-1' });
    expect(attributes()).toEqual({ messageId: text('m-1') });
  });

  it('reaches the queue in the region and account of its ARN, not one of the same name elsewhere', async () => {
    await deliver({ ...action, to: 'arn:aws:sqs:us-west-2:210987654321:mails' }, { MessageId: 'm-1' });
    const [call] = sqs.commandCalls(GetQueueUrlCommand);
    expect(call!.args[0].input).toEqual({ QueueName: 'mails', QueueOwnerAWSAccountId: '210987654321' });
    for (const { thisValue } of sqs.commandCalls(SendMessageCommand)) {
      expect(await (thisValue as SQSClient).config.region()).toBe('us-west-2');
    }
  });
});
