import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import { Api, DataTable, NodeFunction, SharedLayer, UserDirectory } from 'cdk-trellis';
import type { Construct } from 'constructs';
import { productsApi } from '../contracts/products.js';
import { USERS_PATH } from './platform.js';
import { publishFunctions } from './published-functions.js';

/** Where other services find the functions of `contracts/stock.ts`. */
export const STOCK_PATH = '/storefront/stock';

const commerce = SharedLayer.fromPackage('layers/commerce');

/** The catalogue and its stock: a table with an API over it, and reservations that other services make by function. */
export class ProductsStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const products = new DataTable(this, 'Products', {
      partitionKey: 'productId',
      indexes: {
        catalogue: { partitionKey: 'listing', sortKey: 'sort' },
        byCategory: { partitionKey: 'category', sortKey: 'sort' },
      },
    });
    new Api(this, 'Api', {
      contract: productsApi,
      users: UserDirectory.fromPublished(this, 'Users', USERS_PATH),
      bind: { products },
      functions: { layers: [commerce] },
      routes: {
        listProducts: () => import('../lambda/products/list.js'),
        getProduct: () => import('../lambda/products/get.js'),
        createProduct: () => import('../lambda/products/create.js'),
        updateProduct: () => import('../lambda/products/update.js'),
        changeStock: () => import('../lambda/products/change-stock.js'),
      },
    });
    const reservations = new DataTable(this, 'Reservations', {
      partitionKey: 'orderId',
      indexes: { open: { partitionKey: 'open', sortKey: 'reservedAt' } },
      timeToLive: 'forgetAt',
    });
    publishFunctions(this, STOCK_PATH, [
      new NodeFunction(this, 'Quote', {
        handler: () => import('../lambda/products/stock/quote.js'),
        bind: { products },
        invokedSynchronously: true,
      }),
      new NodeFunction(this, 'Reserve', {
        handler: () => import('../lambda/products/stock/reserve.js'),
        bind: { products, reservations },
        invokedSynchronously: true,
      }),
      new NodeFunction(this, 'Release', {
        handler: () => import('../lambda/products/stock/release.js'),
        bind: { products, reservations },
        invokedSynchronously: true,
      }),
      new NodeFunction(this, 'Settle', {
        handler: () => import('../lambda/products/stock/settle.js'),
        bind: { reservations },
        invokedSynchronously: true,
      }),
    ]);
    new CfnOutput(this, 'ProductsTableName', { value: products.table.tableName });
  }
}
