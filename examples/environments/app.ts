import { App } from 'aws-cdk-lib/core';
import { DeployerStack } from './deployer-stack.js';
import { ENVIRONMENTS, type EnvironmentName } from './environments.js';
import { ShopStage } from './shop-stage.js';

const app = new App();
for (const name of Object.keys(ENVIRONMENTS) as EnvironmentName[]) {
  new ShopStage(app, name);
  // Once for each account, by its administrator: what GitHub's workflow signs in with.
  const { account, region } = ENVIRONMENTS[name];
  new DeployerStack(app, `${name}-deployer`, {
    env: { account, region },
    repository: 'example/shop',
    environment: name,
  });
}
