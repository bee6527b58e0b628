import { App } from 'aws-cdk-lib/core';
import { DeployerStack } from './deployer-stack.js';
import { ENVIRONMENTS, type EnvironmentName } from './environments.js';
import { ShopStage } from './shop-stage.js';

const app = new App();
for (const name of Object.keys(ENVIRONMENTS) as EnvironmentName[]) {
  new ShopStage(app, name);
  // Role that GitHub's workflow assumes. An administrator deploys it once per account.
  const { account, region } = ENVIRONMENTS[name];
  new DeployerStack(app, `${name}-deployer`, {
    env: { account, region },
    repository: 'example/shop',
    environment: name,
  });
}
