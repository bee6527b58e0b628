import { setTimeout } from 'node:timers/promises';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { handle, type TableClient, table } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { type ChargeReply, ChargeRequest } from '../../contracts/payments.js';
import { behaviourOf } from './behaviour.js';

/** Longer than anybody waits for a payment. */
const FOR_EVER_MILLISECONDS = 60_000;

/** Charges a card once for an order, however often it is asked to; a payment that was refunded stays refunded. */
export const handler = handle(
  { payments: table.write },
  async (event: z.input<typeof ChargeRequest>, { payments }): Promise<ChargeReply> => {
    const { orderId, amount, cardToken } = ChargeRequest.parse(event);
    const behaviour = behaviourOf(cardToken);
    if (behaviour === 'decline') return { status: 'declined' };
    if (behaviour === 'fail-twice' && (await attempts(payments, orderId)) <= 2) {
      throw new Error('The payment provider is not available');
    }
    const charged = await charge(payments, orderId, amount);
    if (behaviour === 'never-answer') await setTimeout(FOR_EVER_MILLISECONDS);
    return { status: charged ? 'approved' : 'declined' };
  },
);

async function attempts({ client, tableName }: TableClient, orderId: string): Promise<number> {
  const { Attributes } = await client.send(
    new UpdateCommand({
      TableName: tableName,
      Key: { orderId },
      UpdateExpression: 'ADD attempts :one',
      ExpressionAttributeValues: { ':one': 1 },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  return Attributes?.attempts;
}

/** @returns false when the payment was refunded already */
async function charge({ client, tableName }: TableClient, orderId: string, amount: object): Promise<boolean> {
  try {
    await client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { orderId },
        UpdateExpression: 'SET #status = :charged, amount = :amount',
        ConditionExpression: 'attribute_not_exists(#status) OR #status = :charged',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':charged': 'charged', ':amount': amount },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
