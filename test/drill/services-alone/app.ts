// The stacks of the storefront that TRELLIS_DRILL_STACKS names, as if the others did not exist.
import { App, type StackProps, Tags } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { context } from '../../../cdk.json';
import { NotificationsStack } from '../../../stacks/notifications.js';
import { OrdersStack } from '../../../stacks/orders.js';
import { PaymentsStack } from '../../../stacks/payments.js';
import { PlatformStack } from '../../../stacks/platform.js';
import { ProductsStack } from '../../../stacks/products.js';
import { UsersStack } from '../../../stacks/users.js';

const STACKS: Readonly<Record<string, new (scope: Construct, id: string, props?: StackProps) => Construct>> =
  {
    StorefrontPlatform: PlatformStack,
    StorefrontProducts: ProductsStack,
    StorefrontPayments: PaymentsStack,
    StorefrontOrders: OrdersStack,
    StorefrontNotifications: NotificationsStack,
    StorefrontUsers: UsersStack,
  };

const { TRELLIS_DRILL_STACKS = '', TRELLIS_DRILL_CHANGED } = process.env;
const app = new App({ context });
for (const name of TRELLIS_DRILL_STACKS.split(' ')) {
  const stack = new STACKS[name]!(app, name);
  if (name === TRELLIS_DRILL_CHANGED) Tags.of(stack).add('changed', 'yes');
}
