import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { restEvent } from 'cdk-trellis/testing';
import { OrderConfirmed, OrderRefused } from '../../../contracts/order-events.js';
import { handler as list } from '../../../lambda/notifications/list.js';
import { handler as writeMessage } from '../../../lambda/notifications/write-message.js';
import { outbox } from '../../../lib/runtime/outbox.js';
import { entryOf } from '../../../lib/runtime/put-events.js';

const dynamo = mockClient(DynamoDBDocumentClient);
const inbox = { tableName: 'inbox', client: DynamoDBDocumentClient.from(new DynamoDBClient({})) };
const order = {
  orderId: `ord_${'0'.repeat(32)}`,
  customerId: 'user-ada',
  total: { amount: 17800, currency: 'EUR' as const },
};

/** Creates a batch of one event, in the form in which an EventBridge rule sends it to a queue. */
function batchOf(attributes: { event: any }) {
  const { Detail, DetailType, Source } = entryOf(attributes.event, 'bus') as any;
  const body = JSON.stringify({
    id: 'delivery',
    'detail-type': DetailType,
    source: Source,
    time: '2026-01-01T00:00:00Z',
    detail: JSON.parse(Detail),
  });
  const attributesOfMessage = { ApproximateReceiveCount: '1' };
  const eventSourceARN = 'arn:aws:sqs:us-east-1:123456789012:queue';
  const record = {
    messageId: 'm',
    body,
    attributes: attributesOfMessage,
    messageAttributes: {},
    eventSourceARN,
  };
  return { Records: [record] } as any;
}

const confirmed = () => batchOf(outbox(OrderConfirmed, order, { sequence: 2 }));
const refused = () => batchOf(outbox(OrderRefused, { ...order, reason: 'sold-out' }, { sequence: 2 }));
const written = () => dynamo.commandCalls(PutCommand)[0]?.args[0].input;

beforeEach(() => {
  dynamo.reset();
  jest.spyOn(console, 'error').mockImplementation(() => {});
});

describe('a message to a customer', () => {
  it('reports that the order is confirmed, with its total', async () => {
    dynamo.on(PutCommand).resolves({});
    expect(await writeMessage.with({ inbox })(confirmed())).toEqual({ batchItemFailures: [] });
    expect(written()).toMatchObject({
      Item: { customerId: 'user-ada', kind: 'order-confirmed', text: expect.stringContaining('€178.00') },
      ConditionExpression: 'attribute_not_exists(messageId)',
    });
  });

  it('gives the reason why an order was refused', async () => {
    dynamo.on(PutCommand).resolves({});
    await writeMessage.with({ inbox })(refused());
    expect(written()?.Item).toMatchObject({
      kind: 'order-refused',
      text: expect.stringContaining('sold out'),
    });
  });

  it('is written once when an event is delivered twice', async () => {
    dynamo.on(PutCommand).rejects(new ConditionalCheckFailedException({ message: '', $metadata: {} }));
    expect(await writeMessage.with({ inbox })(confirmed())).toEqual({ batchItemFailures: [] });
  });

  it('has the same key for every delivery of one event', async () => {
    dynamo.on(PutCommand).resolves({});
    const batch = confirmed();
    await writeMessage.with({ inbox })(batch);
    await writeMessage.with({ inbox })(batch);
    const keys = dynamo.commandCalls(PutCommand).map(({ args }) => args[0].input.Item?.messageId);
    expect(keys[0]).toBe(keys[1]);
  });

  it('returns to its queue when it cannot be written', async () => {
    dynamo.on(PutCommand).rejects(new Error('throttled'));
    expect(await writeMessage.with({ inbox })(confirmed())).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm' }],
    });
  });
});

describe('listMessages', () => {
  const call = async (query: Record<string, string>, sub = 'user-ada') => {
    const { statusCode, body } = await list.with({ inbox })(restEvent({ query, user: { sub } }));
    return { status: statusCode, body: JSON.parse(body) };
  };

  it('pages through the inbox of the caller, newest first', async () => {
    const messageId = '2026-01-01T00:00:00.000Z#1';
    const message = {
      messageId,
      kind: 'order-confirmed',
      orderId: order.orderId,
      title: 'T',
      text: 'T',
      sentAt: '2026-01-01T00:00:00.000Z',
    };
    dynamo.on(QueryCommand).resolves({
      Items: [{ ...message, customerId: 'user-ada' }],
      LastEvaluatedKey: { customerId: 'user-ada', messageId },
    });
    const { body } = await call({ limit: '1' });
    expect(body.items).toEqual([message]);
    await call({ cursor: body.nextCursor }, 'user-eve');
    expect(dynamo.commandCalls(QueryCommand)[1]!.args[0].input).toMatchObject({
      ScanIndexForward: false,
      ExpressionAttributeValues: { ':customer': 'user-eve' },
      ExclusiveStartKey: { customerId: 'user-eve', messageId },
    });
  });
});
