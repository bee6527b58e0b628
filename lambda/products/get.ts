import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { notFound } from '@storefront/commerce/problems';
import { etagOf, route, table } from 'cdk-trellis/runtime';
import { productsApi } from '../../contracts/products.js';
import type { ProductItem } from './item.js';

export const handler = route(
  productsApi.getProduct,
  { products: table.read },
  async ({ params: { productId } }, { products }) => {
    const { Item } = await products.client.send(
      new GetCommand({ TableName: products.tableName, Key: { productId } }),
    );
    if (!Item) throw notFound('Product', productId);
    return { status: 200, body: Item as ProductItem, headers: { etag: etagOf(Item) } };
  },
);
