import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Need } from './need.js';

/** A DynamoDB table and the SDK's document client to call it with. */
export interface TableClient {
  readonly tableName: string;
  readonly client: DynamoDBDocumentClient;
}

let client: DynamoDBDocumentClient | undefined;

/**
 * One client for all tables of a process. The SDK waits for ever by default; a call to DynamoDB that takes
 * seconds is lost, and the SDK's own retry is the better use of the function's time.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-smart-config-defaults.html
 */
function documents(): DynamoDBDocumentClient {
  client ??= DynamoDBDocumentClient.from(
    new DynamoDBClient({ requestHandler: { connectionTimeout: 1000, requestTimeout: 3000 } }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  return client;
}

const need = <Access extends string>(access: Access): Need<'table', Access, TableClient> => ({
  kind: 'table',
  access,
  connect: (tableName) => ({ tableName, client: documents() }),
});

/**
 * Access to a DynamoDB table and its indexes.
 *
 * - `read`: GetItem, BatchGetItem, Query, Scan
 * - `write`: PutItem, UpdateItem, DeleteItem, BatchWriteItem, ConditionCheckItem
 * - `readWrite`: both
 *
 * @example
 * import { handle, table } from 'cdk-trellis/runtime';
 * import { GetCommand } from '@aws-sdk/lib-dynamodb';
 *
 * export const handler = handle({ orders: table.read }, async (event: { orderId: string }, { orders }) => {
 *   const { Item } = await orders.client.send(
 *     new GetCommand({ TableName: orders.tableName, Key: { orderId: event.orderId } }),
 *   );
 *   return Item;
 * });
 */
export const table = {
  read: /* @__PURE__ */ need('read'),
  write: /* @__PURE__ */ need('write'),
  readWrite: /* @__PURE__ */ need('readWrite'),
};
