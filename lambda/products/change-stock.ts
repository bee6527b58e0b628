import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { notFound, stockLimit } from '@storefront/commerce/problems';
import { route, table } from 'cdk-trellis/runtime';
import { productsApi } from '../../contracts/products.js';
import type { ProductItem } from './item.js';

/** Maximum of `stock` in the contract. */
const MAX_STOCK = 1_000_000;

export const handler = route(
  productsApi.changeStock,
  { products: table.write },
  async ({ params: { productId }, body: { change } }, { products }) => {
    try {
      const { Attributes } = await products.client.send(
        new UpdateCommand({
          TableName: products.tableName,
          Key: { productId },
          UpdateExpression: 'SET stock = stock + :change, updatedAt = :now',
          ConditionExpression: 'stock BETWEEN :min AND :max',
          ExpressionAttributeValues: {
            ':change': change,
            ':now': new Date().toISOString(),
            ':min': Math.max(0, -change),
            ':max': MAX_STOCK - Math.max(0, change),
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { status: 200, body: Attributes as ProductItem };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      if (!error.Item) throw notFound('Product', productId);
      throw stockLimit(productId, Number(error.Item.stock?.N), change);
    }
  },
);
