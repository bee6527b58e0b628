import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { allow, allowKey, type Bindable, bindable } from './bindable.js';

/** A record is put when work begins, updated while it lasts and when it has ended, and deleted when it fails. */
const ACTIONS = ['PutItem', 'UpdateItem', 'DeleteItem'];

/** Binds a DynamoDB table with the partition key `id`, whose items expire by `expiration`. */
export function idempotencyBinding(table: ITable): Bindable<'idempotency'> {
  return bindable('idempotency', { idempotency: ACTIONS }, () => ({
    value: table.tableName,
    resource: table,
    valueElsewhere: table.tableArn,
    statements: [allow('dynamodb', ACTIONS, [table.tableArn]), ...allowKey(table.encryptionKey, true)],
  }));
}
