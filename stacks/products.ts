import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import { Api, DataTable, SharedLayer, UserDirectory } from 'cdk-trellis';
import type { Construct } from 'constructs';
import { productsApi } from '../contracts/products.js';
import { USERS_PATH } from './platform.js';

const commerce = SharedLayer.fromPackage('layers/commerce');

/** The catalogue: a table and an API over it. */
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
      },
    });
    new CfnOutput(this, 'ProductsTableName', { value: products.table.tableName });
  }
}
