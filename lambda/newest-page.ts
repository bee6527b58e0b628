import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Cursor, TableClient } from 'cdk-trellis/runtime';

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * A page of what is a customer's, the newest first. Whose it is is said by the token and not by the cursor, which
 * everybody can write.
 */
export async function newestPage<Item>(
  { client, ...names }: TableClient & { readonly indexName?: string },
  customerId: string,
  position: Cursor<object>,
  { limit, cursor }: PageRequest,
): Promise<{ readonly items: Item[]; readonly nextCursor: string | undefined }> {
  const from = position.decode(cursor);
  const page = await client.send(
    new QueryCommand({
      TableName: names.tableName,
      IndexName: names.indexName,
      KeyConditionExpression: 'customerId = :customer',
      ExpressionAttributeValues: { ':customer': customerId },
      ScanIndexForward: false,
      Limit: limit,
      ...(from && { ExclusiveStartKey: { ...from, customerId } }),
    }),
  );
  return { items: (page.Items ?? []) as Item[], nextCursor: position.encode(page.LastEvaluatedKey) };
}
