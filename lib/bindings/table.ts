import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { allow, allowKey, type Bindable, type Binding, bindable } from './bindable.js';

/** Accesses to a table, as handlers declare them: `table.readWrite`, `table.index('byDay').read`. */
export type TableAccess<Index extends string = string> =
  | 'read'
  | 'write'
  | 'readWrite'
  | `index('${Index}').read`;

const READ = ['GetItem', 'BatchGetItem', 'Query', 'Scan'];
const WRITE = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'ConditionCheckItem'];
/**
 * Actions that an index supports.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/api-permissions-reference.html
 */
const READ_INDEX = ['Query', 'Scan'];

/**
 * Access to an index. Its name:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
const INDEX_READ = /^index\('([\w.-]{3,255})'\)\.read$/;

/**
 * Binds a DynamoDB table.
 *
 * @param indexes names of its indexes; if undefined, `read` allows all indexes of the table, and `index('byDay').read`
 *   is allowed for any name
 */
export function tableBinding(table: ITable, indexes?: readonly string[]): Bindable<'table'> {
  const bindings: Record<string, () => Binding> = {};
  for (const access of ['read', 'write', 'readWrite']) bindings[access] = () => whole(table, access, indexes);
  for (const name of indexes ?? []) bindings[`index('${name}').read`] = () => oneIndex(table, name);
  const base = bindable('table', bindings, (access) => (bindings[access] as () => Binding)());
  return {
    ...base,
    bindingFor(access) {
      const index = indexes ? undefined : INDEX_READ.exec(access)?.[1];
      return index === undefined ? base.bindingFor(access) : oneIndex(table, index);
    },
  };
}

function oneIndex(table: ITable, name: string): Binding {
  return {
    value: table.tableName,
    resource: table,
    valueElsewhere: table.tableArn,
    statements: [
      allow('dynamodb', READ_INDEX, [`${table.tableArn}/index/${name}`]),
      ...allowKey(table.encryptionKey, false),
    ],
  };
}

function whole(table: ITable, access: string, indexes: readonly string[] | undefined): Binding {
  const { tableArn, tableName } = table;
  const indexArns = (indexes ?? ['*']).map((name) => `${tableArn}/index/${name}`);
  return {
    value: tableName,
    resource: table,
    valueElsewhere: tableArn,
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
}
