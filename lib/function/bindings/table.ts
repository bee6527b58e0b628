import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { allow, allowKey, type Bindable, bindable } from './binding.js';

const READ = ['GetItem', 'BatchGetItem', 'Query', 'Scan'];
const WRITE = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'ConditionCheckItem'];

/**
 * Binds a DynamoDB table.
 *
 * @param indexes the names of its indexes; without them the policy names all indexes of the table
 */
export function tableBinding(table: ITable, indexes?: readonly string[]): Bindable<'table'> {
  const accesses = { read: [READ], write: [WRITE], readWrite: [READ, WRITE] };
  return bindable('table', accesses, (access) => {
    const { tableArn, tableName } = table;
    const indexArns = (indexes ?? ['*']).map((name) => `${tableArn}/index/${name}`);
    return {
      value: tableName,
      statements: [
        ...(access !== 'write' ? [allow('dynamodb', READ, [tableArn, ...indexArns])] : []),
        ...(access !== 'read' ? [allow('dynamodb', WRITE, [tableArn])] : []),
        ...allowKey(table.encryptionKey, access !== 'read'),
      ],
      ...(!indexes &&
        access !== 'write' && {
          wildcard: {
            resource: `${tableArn}/index/*`,
            reason: 'The indexes of exactly this table, whose names are not known here.',
          },
        }),
    };
  });
}
