import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { notFound, versionConflict } from '@storefront/commerce/problems';
import { route, table } from 'cdk-trellis/runtime';
import { productsApi } from '../../contracts/products.js';
import { type ProductItem, sortKey } from './item.js';

export const handler = route(
  productsApi.updateProduct,
  { products: table.write },
  async ({ params: { productId }, body: { version, ...details } }, { products }) => {
    const changes = {
      ...details,
      sort: sortKey(details.name, productId),
      version: version + 1,
      updatedAt: new Date().toISOString(),
    };
    const names = Object.keys(changes);
    try {
      const { Attributes } = await products.client.send(
        new UpdateCommand({
          TableName: products.tableName,
          Key: { productId },
          UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
          // The version that the caller read must still be current.
          ConditionExpression: '#version = :expected',
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: {
            ...Object.fromEntries(Object.entries(changes).map(([name, value]) => [`:${name}`, value])),
            ':expected': version,
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { status: 200, body: Attributes as ProductItem };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      if (!error.Item) throw notFound('Product', productId);
      throw versionConflict(version, Number(error.Item.version?.N));
    }
  },
);
