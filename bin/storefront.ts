import { App, Tags, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { ApiBodyChecks } from 'cdk-trellis';
import { NotificationsStack } from '../stacks/notifications.js';
import { OrdersStack } from '../stacks/orders.js';
import { PaymentsStack } from '../stacks/payments.js';
import { PlatformStack } from '../stacks/platform.js';
import { ProductsStack } from '../stacks/products.js';
import { SiteStack } from '../stacks/site.js';
import { UsersStack } from '../stacks/users.js';
import { buildSite } from '../web/build.js';

const app = new App();
Tags.of(app).add('application', 'storefront');

const platform = new PlatformStack(app, 'StorefrontPlatform', {
  description: 'Storefront: resources that its services share',
});
const services = [
  new ProductsStack(app, 'StorefrontProducts', { description: 'Storefront: the catalogue' }),
  new PaymentsStack(app, 'StorefrontPayments', { description: 'Storefront: the payment provider' }),
  new OrdersStack(app, 'StorefrontOrders', {
    description: 'Storefront: orders and their fulfilment',
  }),
  new NotificationsStack(app, 'StorefrontNotifications', {
    description: 'Storefront: messages to customers',
  }),
  new UsersStack(app, 'StorefrontUsers', { description: 'Storefront: profiles of users' }),
];
// Services look up shared resources by name, so the platform is deployed first.
for (const service of services) service.addStackDependency(platform);

const site = new SiteStack(app, 'StorefrontSite', {
  description: 'Storefront: pages and domain',
  source: buildSite(),
});
for (const service of services) site.addStackDependency(service);

// A finding without an acknowledgement next to its resource fails the synthesis.
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app), new ApiBodyChecks());
