import type { EventMetadata } from '../contract/event.js';

/** The parts of a write to DynamoDB that keep an older event from overwriting what a newer one has left. */
export interface NewerCondition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues: Readonly<Record<string, unknown>>;
}

/**
 * Does a write only if the event is newer than what the item has: EventBridge keeps no order, and an event may come
 * twice. The item keeps the sequence of its last event in an attribute, which the write must set.
 *
 * @param write gets the condition, to be spread into the command's parameters
 * @param attribute where the item keeps the sequence
 * @returns whether it was written; `false` when the event is stale
 * @throws Error when the event has no sequence
 * @example
 * import { PutCommand } from '@aws-sdk/lib-dynamodb';
 * import { consume, ifNewer, table } from 'cdk-trellis/runtime';
 * import { OrderPlaced } from '../contracts/orders.js';
 *
 * export const handler = consume(OrderPlaced, { seen: table.write }, async (event, { seen }) => {
 *   const Item = { orderId: event.data.orderId, total: event.data.total, sequence: event.sequence };
 *   await ifNewer(event, (condition) =>
 *     seen.client.send(new PutCommand({ TableName: seen.tableName, Item, ...condition })),
 *   );
 * });
 */
export async function ifNewer(
  event: EventMetadata & { readonly name: string },
  write: (condition: NewerCondition) => Promise<unknown>,
  attribute = 'sequence',
): Promise<boolean> {
  if (event.sequence === undefined) {
    throw new Error(
      `The event ${event.name} ${event.id} has no sequence: publish it through an Outbox, or with \`publish(data, { sequence })\``,
    );
  }
  try {
    await write({
      ConditionExpression: 'attribute_not_exists(#sequence) OR #sequence < :sequence',
      ExpressionAttributeNames: { '#sequence': attribute },
      ExpressionAttributeValues: { ':sequence': event.sequence },
    });
    return true;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
