import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { TableClient } from 'cdk-trellis/runtime';

/** Writes down that something was handled, and when. */
export async function record(
  { tableName, client }: TableClient,
  what: string,
  details: object,
): Promise<void> {
  const at = `${new Date().toISOString()} ${performance.now().toFixed(3).padStart(12, '0')}`;
  await client.send(new PutCommand({ TableName: tableName, Item: { what, at, ...details } }));
}
