import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { perRegion } from '../per-region.js';
import { bounded, REQUESTS } from '../sdk.js';
import type { Need } from './need.js';

/** A DynamoDB table and the SDK's document client to call it with. */
export interface TableClient {
  /** Name, or the ARN of a table of another account or region: DynamoDB accepts both as `TableName`. */
  readonly tableName: string;
  readonly client: DynamoDBDocumentClient;
}

/** An index of a DynamoDB table and the SDK's document client to query it with. */
export interface IndexClient<Name extends string = string> extends TableClient {
  readonly indexName: Name;
}

const documents = /* @__PURE__ */ perRegion((place) =>
  DynamoDBDocumentClient.from(bounded(new DynamoDBClient({ ...REQUESTS, ...place })), {
    marshallOptions: { removeUndefinedValues: true },
  }),
);

const need = <Access extends string>(access: Access): Need<'table', Access, TableClient> => ({
  kind: 'table',
  access,
  connect: (tableName) => ({ tableName, client: documents(tableName) }),
});

/**
 * Access to one index of a table and nothing else of it: Query and Scan.
 *
 * @param name the name in the table's definition, as a literal
 */
function index<const Name extends string>(name: Name) {
  const read: Need<'table', `index('${Name}').read`, IndexClient<Name>> = {
    kind: 'table',
    access: `index('${name}').read`,
    connect: (tableName) => ({ tableName, indexName: name, client: documents(tableName) }),
  };
  return { read };
}

/**
 * Access to a DynamoDB table and its indexes.
 *
 * - `read`: GetItem, BatchGetItem, Query, Scan
 * - `write`: PutItem, UpdateItem, DeleteItem, BatchWriteItem, ConditionCheckItem
 * - `readWrite`: both
 * - `index('byDay').read`: Query and Scan on this index only
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
 * @example
 * import { QueryCommand } from '@aws-sdk/lib-dynamodb';
 * import { handle, table } from 'cdk-trellis/runtime';
 *
 * // Bound to the table: `bind: { byDay: orders }`.
 * export const handler = handle({ byDay: table.index('byDay').read }, async (event: { day: string }, { byDay }) => {
 *   const { Items } = await byDay.client.send(
 *     new QueryCommand({
 *       TableName: byDay.tableName,
 *       IndexName: byDay.indexName,
 *       KeyConditionExpression: '#day = :day',
 *       ExpressionAttributeNames: { '#day': 'day' },
 *       ExpressionAttributeValues: { ':day': event.day },
 *     }),
 *   );
 *   return Items;
 * });
 */
export const table = {
  read: /* @__PURE__ */ need('read'),
  write: /* @__PURE__ */ need('write'),
  readWrite: /* @__PURE__ */ need('readWrite'),
  index,
};
