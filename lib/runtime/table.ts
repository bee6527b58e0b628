import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Need } from './need.js';
import { once } from './once.js';
import { REQUESTS } from './sdk.js';

/** A DynamoDB table and the SDK's document client to call it with. */
export interface TableClient {
  readonly tableName: string;
  readonly client: DynamoDBDocumentClient;
}

const documents = /* @__PURE__ */ once(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient(REQUESTS), {
    marshallOptions: { removeUndefinedValues: true },
  }),
);

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
 * import { GetCommand } from '@aws-sdk/lib-dynamodb';
 * import { handle, table } from 'cdk-trellis/runtime';
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
