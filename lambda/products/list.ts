import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { route, table } from 'cdk-trellis/runtime';
import { productsApi } from '../../contracts/products.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import type { ProductItem } from './item.js';

export const handler = route(
  productsApi.listProducts,
  { products: table.read },
  async ({ query: { category, cursor, limit } }, { products }) => {
    const [index, attribute, value] = category
      ? ['byCategory', 'category', category]
      : ['catalogue', 'listing', 'catalogue'];
    const page = await products.client.send(
      new QueryCommand({
        TableName: products.tableName,
        IndexName: index,
        KeyConditionExpression: '#key = :value',
        ExpressionAttributeNames: { '#key': attribute },
        ExpressionAttributeValues: { ':value': value },
        Limit: limit,
        ...(cursor && { ExclusiveStartKey: { ...decodeCursor(cursor), [attribute]: value } }),
      }),
    );
    const last = page.LastEvaluatedKey as Pick<ProductItem, 'productId' | 'sort'> | undefined;
    return {
      status: 200,
      body: {
        items: (page.Items ?? []) as ProductItem[],
        ...(last && { nextCursor: encodeCursor(last) }),
      },
      headers: { 'cache-control': 'public, max-age=10' },
    };
  },
);
