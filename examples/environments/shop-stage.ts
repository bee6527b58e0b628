import { Stack, Stage } from 'aws-cdk-lib/core';
import { DataTable, Monitoring, QueueWorker } from 'cdk-trellis';
import type { Construct } from 'constructs';
import { ENVIRONMENTS, type EnvironmentName } from './environments.js';

/** Whole app in one environment. */
export class ShopStage extends Stage {
  constructor(scope: Construct, name: EnvironmentName) {
    const { account, region, ephemeral, alarmEmails, maxConcurrency } = ENVIRONMENTS[name];
    super(scope, name, { env: { account, region } });
    // Every construct of the library reads this context for its removal policy and deletion protection.
    this.node.setContext('trellis:ephemeral', ephemeral);
    const stack = new Stack(this, 'Shop', { terminationProtection: !ephemeral });
    const orders = new DataTable(stack, 'Orders', { partitionKey: 'orderId' });
    new QueueWorker(stack, 'Confirmations', {
      handler: () => import('./lambda/confirm.js'),
      bind: { orders },
      maxConcurrency,
    });
    new Monitoring(stack, 'Monitoring', { emails: alarmEmails });
  }
}
