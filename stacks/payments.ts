import { Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import { DataTable, NodeFunction } from 'cdk-trellis';
import type { Construct } from 'constructs';
import { PAYMENT_SECONDS } from '../contracts/payments.js';
import { publishedName } from './published-functions.js';

/** The service name of the functions of `contracts/payments.ts`. */
export const PAYMENTS = 'payments';

/** A fake payment provider; the card's token determines its behaviour. */
export class PaymentsStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const bind = { payments: new DataTable(this, 'Payments', { partitionKey: 'orderId' }) };
    const published = (id: string) => ({
      functionName: publishedName(PAYMENTS, id),
      invokedSynchronously: true,
      timeout: Duration.seconds(PAYMENT_SECONDS),
    });
    new NodeFunction(this, 'Charge', {
      handler: () => import('../lambda/payments/charge.js'),
      bind,
      ...published('Charge'),
    });
    new NodeFunction(this, 'Refund', {
      handler: () => import('../lambda/payments/refund.js'),
      bind,
      ...published('Refund'),
    });
  }
}
