import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { allow, allowKey, type Bindable, bindable } from './bindable.js';

/** A record is put when work begins, updated during and after it, and deleted on failure. */
const ACTIONS = ['PutItem', 'UpdateItem', 'DeleteItem'];

/** Binds a DynamoDB table with the partition key `id` and the time to live attribute `expiration`. */
export function idempotencyBinding(table: ITable): Bindable<'idempotency'> {
  return bindable('idempotency', { idempotency: ACTIONS }, () => ({
    value: table.tableName,
    resource: table,
    valueElsewhere: table.tableArn,
    statements: [allow('dynamodb', ACTIONS, [table.tableArn]), ...allowKey(table.encryptionKey, true)],
  }));
}
