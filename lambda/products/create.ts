import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { newId } from '@storefront/commerce/ids';
import { route, table } from 'cdk-trellis/runtime';
import { productsApi } from '../../contracts/products.js';
import { toItem } from './item.js';

export const handler = route(
  productsApi.createProduct,
  { products: table.write },
  async ({ body }, { products }) => {
    const now = new Date().toISOString();
    const product = { ...body, productId: newId('prd'), version: 1, createdAt: now, updatedAt: now };
    await products.client.send(
      new PutCommand({
        TableName: products.tableName,
        Item: toItem(product),
        ConditionExpression: 'attribute_not_exists(productId)',
      }),
    );
    return { status: 201, body: product, headers: { location: `/products/${product.productId}` } };
  },
);
