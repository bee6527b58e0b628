import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import { Api, CronJob, DataTable, NodeFunction, SharedLayer, UserDirectory } from 'cdk-trellis';
import type { Construct } from 'constructs';
import { productsApi } from '../contracts/products.js';
import { STOCK_SECONDS } from '../contracts/stock.js';
import { APIS_PATH, USERS_PATH } from './platform.js';
import { publishedName } from './published-functions.js';

/** The service name of the functions of `contracts/stock.ts`. */
export const STOCK = 'stock';

const commerce = SharedLayer.fromPackage('layers/commerce');

/** The catalogue and its stock: a table with an API, and functions with which other services reserve stock. */
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
      publishAs: `${APIS_PATH}/products`,
      documentation: { path: '/products' },
      users: UserDirectory.fromPublished(this, 'Users', USERS_PATH),
      bind: { products, catalogue: products, byCategory: products },
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
    const bind = { products, reservations };
    const published = (id: string) => ({
      functionName: publishedName(STOCK, id),
      invokedSynchronously: true,
      timeout: Duration.seconds(STOCK_SECONDS),
    });
    new NodeFunction(this, 'Quote', {
      handler: () => import('../lambda/products/stock/quote.js'),
      bind: { products },
      ...published('Quote'),
    });
    new NodeFunction(this, 'Reserve', {
      handler: () => import('../lambda/products/stock/reserve.js'),
      bind,
      ...published('Reserve'),
    });
    new NodeFunction(this, 'Release', {
      handler: () => import('../lambda/products/stock/release.js'),
      bind,
      ...published('Release'),
    });
    new NodeFunction(this, 'Settle', {
      handler: () => import('../lambda/products/stock/settle.js'),
      bind: { reservations },
      ...published('Settle'),
    });
    new CronJob(this, 'ReleaseAbandoned', {
      schedule: ScheduleExpression.rate(Duration.hours(1)),
      handler: () => import('../lambda/products/stock/release-abandoned.js'),
      bind,
    });
    new CfnOutput(this, 'ProductsTableName', { value: products.table.tableName });
  }
}
