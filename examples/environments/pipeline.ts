import { App } from 'aws-cdk-lib/core';
import { PipelineStack } from './pipeline-stack.js';

new PipelineStack(new App(), 'ShopPipeline', {
  env: { account: '777788889999', region: 'eu-west-1' },
  repository: 'example/shop',
  connectionArn:
    'arn:aws:codeconnections:eu-west-1:777788889999:connection/8f8b7c1e-1f0a-4f0a-9c55-0c8a1e7f2d11',
});
