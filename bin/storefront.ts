import { App, Tags, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { PlatformStack } from '../stacks/platform.js';
import { ProductsStack } from '../stacks/products.js';

const app = new App();
Tags.of(app).add('application', 'storefront');

const platform = new PlatformStack(app, 'StorefrontPlatform', {
  description: 'Storefront: what its services share',
});
const products = new ProductsStack(app, 'StorefrontProducts', { description: 'Storefront: the catalogue' });
products.addStackDependency(platform);

// A finding that is not acknowledged next to its resource fails the synth.
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
