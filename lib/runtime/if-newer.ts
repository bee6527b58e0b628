import type { EventMetadata } from '../contract/event.js';

/** Parameters of a write to DynamoDB that prevent an older event from overwriting the effect of a newer one. */
export interface NewerCondition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues: Readonly<Record<string, unknown>>;
}

/**
 * Performs a write only if the event is newer than the item: EventBridge does not guarantee order, and may deliver an
 * event twice. The item stores the sequence of its last event in an attribute, which the write must set.
 *
 * @param write gets the condition, to be spread into the command's parameters
 * @param attribute name of the attribute with the sequence
 * @returns true if it was written, `false` if the event is older
 * @throws Error if the event has no sequence
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
      `Event ${event.name} ${event.id} must have a sequence. Publish it through an Outbox, or with \`publish(data, { sequence })\`.`,
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
