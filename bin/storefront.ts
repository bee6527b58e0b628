import { App, Tags, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { PlatformStack } from '../stacks/platform.js';
import { ProductsStack } from '../stacks/products.js';
import { UsersStack } from '../stacks/users.js';

const app = new App();
Tags.of(app).add('application', 'storefront');

const platform = new PlatformStack(app, 'StorefrontPlatform', {
  description: 'Storefront: what its services share',
});
const services = [
  new ProductsStack(app, 'StorefrontProducts', { description: 'Storefront: the catalogue' }),
  new UsersStack(app, 'StorefrontUsers', { description: 'Storefront: what users say about themselves' }),
];
// They find what they share by its name: it must be there first.
for (const service of services) service.addStackDependency(platform);

// A finding that is not acknowledged next to its resource fails the synth.
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
