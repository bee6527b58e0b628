import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { ifNewer } from 'cdk-trellis/runtime';

const event = { name: 'OrderPlaced', id: 'e-1', time: '', correlationId: 'c', sequence: 5 };
const stale = new ConditionalCheckFailedException({ message: 'no', $metadata: {} });

describe('ifNewer', () => {
  it('writes under the condition that the item has seen nothing newer', async () => {
    let given: object = {};
    const written = await ifNewer(event, async (condition) => {
      given = condition;
    });
    expect(written).toBe(true);
    expect(given).toEqual({
      ConditionExpression: 'attribute_not_exists(#sequence) OR #sequence < :sequence',
      ExpressionAttributeNames: { '#sequence': 'sequence' },
      ExpressionAttributeValues: { ':sequence': 5 },
    });
  });

  it('takes another attribute', async () => {
    await ifNewer(
      event,
      async ({ ExpressionAttributeNames }) => {
        expect(ExpressionAttributeNames).toEqual({ '#sequence': 'orderVersion' });
      },
      'orderVersion',
    );
    expect.assertions(1);
  });

  it('returns false for a stale event, which changes nothing', async () => {
    expect(await ifNewer(event, () => Promise.reject(stale))).toBe(false);
  });

  it('throws any other error', async () => {
    await expect(ifNewer(event, () => Promise.reject(new Error('no table')))).rejects.toThrow('no table');
  });

  it('refuses an event without a sequence', async () => {
    await expect(ifNewer({ ...event, sequence: undefined }, async () => {})).rejects.toThrow(
      'Event OrderPlaced e-1 must have a sequence. Publish it through an Outbox, or with `publish(data, { sequence })`.',
    );
  });
});
