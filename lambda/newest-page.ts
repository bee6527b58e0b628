import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Cursor, TableClient } from 'cdk-trellis/runtime';

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * Reads a page of a customer's items, newest first. The customer id comes from the token, never from the cursor, which
 * any caller can forge.
 */
export async function newestPage<Item>(
  { client, ...names }: TableClient & { readonly indexName?: string },
  customerId: string,
  position: Cursor<object>,
  { limit, cursor }: PageRequest,
): Promise<{ readonly items: Item[]; readonly nextCursor: string | undefined }> {
  const startKey = position.decode(cursor);
  const page = await client.send(
    new QueryCommand({
      TableName: names.tableName,
      IndexName: names.indexName,
      KeyConditionExpression: 'customerId = :customer',
      ExpressionAttributeValues: { ':customer': customerId },
      ScanIndexForward: false,
      Limit: limit,
      ...(startKey && { ExclusiveStartKey: { ...startKey, customerId } }),
    }),
  );
  return { items: (page.Items ?? []) as Item[], nextCursor: position.encode(page.LastEvaluatedKey) };
}
