import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { constructResource, defineKind } from '../kind.js';

/** Tables of completed work, with the partition key `id` and the time to live attribute `expiration`. */
export const idempotency = defineKind('idempotency', {
  resource: constructResource<ITable>('tableArn'),
  accesses: {
    // A record is put when work begins, updated during and after it, and deleted on failure.
    idempotency: [{ actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'] }],
  },
  key: ({ encryptionKey }) => encryptionKey,
  binding: ({ tableName, tableArn }) => ({ value: tableName, valueElsewhere: tableArn }),
});
