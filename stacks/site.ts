import { Stack, type StackProps } from 'aws-cdk-lib/core';
import { Api, Site, UserDirectory } from 'cdk-trellis';
import type { Construct } from 'constructs';
import { notificationsApi } from '../contracts/notifications.js';
import { ordersApi } from '../contracts/orders.js';
import { productsApi } from '../contracts/products.js';
import { usersApi } from '../contracts/users.js';
import { APIS_PATH, USERS_PATH } from './platform.js';

export interface SiteStackProps extends StackProps {
  /** The folder with the built site. */
  readonly source: string;
}

/** The shop's pages, and the services' APIs at the same URL. Deploy it after the services. */
export class SiteStack extends Stack {
  constructor(scope: Construct, id: string, { source, ...props }: SiteStackProps) {
    super(scope, id, props);
    new Site(this, 'Site', {
      source,
      apis: [
        Api.fromPublished(this, productsApi, `${APIS_PATH}/products`),
        Api.fromPublished(this, ordersApi, `${APIS_PATH}/orders`),
        Api.fromPublished(this, notificationsApi, `${APIS_PATH}/notifications`),
        Api.fromPublished(this, usersApi, `${APIS_PATH}/users`),
      ],
      users: UserDirectory.fromPublished(this, 'Users', USERS_PATH),
    });
  }
}
