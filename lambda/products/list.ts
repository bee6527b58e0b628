import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { route, table } from 'cdk-trellis/runtime';
import { productsApi } from '../../contracts/products.js';
import { position } from './cursor.js';
import type { ProductItem } from './item.js';

export const handler = route(
  productsApi.listProducts,
  { catalogue: table.index('catalogue').read, byCategory: table.index('byCategory').read },
  async ({ query: { category, cursor, limit } }, { catalogue, byCategory }) => {
    const { client, tableName, indexName } = category ? byCategory : catalogue;
    const [attribute, value] = category ? ['category', category] : ['listing', 'catalogue'];
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: indexName,
        KeyConditionExpression: '#key = :value',
        ExpressionAttributeNames: { '#key': attribute },
        ExpressionAttributeValues: { ':value': value },
        Limit: limit,
        ...(cursor && { ExclusiveStartKey: { ...position.decode(cursor), [attribute]: value } }),
      }),
    );
    return {
      status: 200,
      body: {
        items: (page.Items ?? []) as ProductItem[],
        nextCursor: position.encode(page.LastEvaluatedKey),
      },
      headers: { 'cache-control': 'public, max-age=10' },
    };
  },
);
