import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Bindable } from '../bindable.js';
import { cdkResource, defineKind, type Grant, type Grants, type NeedKind } from '../kind.js';

/** Accesses to a table, as handlers declare them: `table.readWrite`, `table.index('byDay').read`. */
export type TableAccess<Index extends string = string> =
  | 'read'
  | 'write'
  | 'readWrite'
  | `index('${Index}').read`;

const dynamodb = (...actions: string[]) => actions.map((action) => `dynamodb:${action}`);
const READ = dynamodb('GetItem', 'BatchGetItem', 'Query', 'Scan');
const WRITE = dynamodb('PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'ConditionCheckItem');
/**
 * Actions that an index supports.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/api-permissions-reference.html
 */
const READ_INDEX = dynamodb('Query', 'Scan');

/**
 * Access to an index. Its name:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
const INDEX_READ = /^index\('([\w.-]{3,255})'\)\.read$/;

const indexArn = ({ tableArn }: ITable, name: string) => `${tableArn}/index/${name}`;

/** DynamoDB tables. The index stands for any. */
export const table: NeedKind<'table', TableAccess, ITable> = {
  ...kindWith(['byDay'], ['byDay']),
  bind: (resource) => tableBinding(resource),
};

/**
 * Binds a DynamoDB table.
 *
 * @param indexes names of its indexes; if undefined, `read` allows all indexes of the table, and `index('byDay').read`
 *   is allowed for any name
 */
export function tableBinding(table: ITable, indexes?: readonly string[]): Bindable<'table'> {
  if (indexes) return kindWith(indexes, indexes).bind(table);
  const base = kindWith(['*'], []).bind(table);
  return {
    ...base,
    bindingFor(access) {
      const index = INDEX_READ.exec(access)?.[1];
      return index === undefined
        ? base.bindingFor(access)
        : kindWith([], [index]).bind(table).bindingFor(access);
    },
  };
}

/**
 * @param readable names of the indexes that `read` includes, `*` for all
 * @param single names of the indexes with an access of their own
 */
function kindWith(
  readable: readonly string[],
  single: readonly string[],
): NeedKind<'table', TableAccess, ITable> {
  const read: Grant<ITable> = {
    actions: READ,
    on: (table) => [table.tableArn, ...readable.map((name) => indexArn(table, name))],
  };
  const write: Grant<ITable> = { actions: WRITE };
  const ofIndexes = single.map((name) => [
    `index('${name}').read`,
    [{ actions: READ_INDEX, on: (table) => [indexArn(table, name)] }],
  ]) satisfies [string, Grant<ITable>[]][];
  const accesses: Grants<ITable, TableAccess> = {
    read: [read],
    write: [write],
    readWrite: [read, write],
    ...Object.fromEntries(ofIndexes),
  };
  return defineKind('table', {
    resource: cdkResource<ITable>('tableArn'),
    accesses,
    key: ({ encryptionKey }) => encryptionKey,
    binding: (table, access) => ({
      value: table.tableName,
      valueElsewhere: table.tableArn,
      ...(readable.includes('*') &&
        access !== 'write' && {
          wildcard: {
            resource: indexArn(table, '*'),
            reason: 'The indexes of exactly this table, whose names are not known here.',
          },
        }),
    }),
  });
}
