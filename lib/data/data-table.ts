import {
  AttributeType,
  Billing,
  type CfnGlobalTable,
  type ITable,
  ProjectionType,
  type StreamViewType,
  TableEncryptionV2,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type Bindable, type Binding, type TableAccess, tableBinding } from '../bindings/binding.js';
import { assertProps } from '../construct/assert-props.js';
import { assertValid } from '../construct/assert-valid.js';
import { definedProps } from '../construct/defined-props.js';
import { field } from '../contract/field-path.js';
import { applyTarget } from '../target/apply-target.js';
import { dataRemovalPolicy, isEphemeral } from '../target/ephemeral.js';

/** The name of a string attribute, or a name with its type. */
export type KeyAttribute = string | { readonly name: string; readonly type: AttributeType };

export interface TableIndex {
  readonly partitionKey: KeyAttribute;
  /** @default - none: items of a partition key are not ordered */
  readonly sortKey?: KeyAttribute;
  /**
   * Attributes to project into the index besides the keys.
   * @default - all, so that a query needs no second read; each write then costs twice
   */
  readonly attributes?: readonly string[];
}

export interface DataTableProps<Index extends string = string> {
  readonly partitionKey: KeyAttribute;
  /** @default - none: the partition key identifies an item */
  readonly sortKey?: KeyAttribute;
  /** Global secondary indexes by name. @default - none */
  readonly indexes?: Readonly<Record<Index, TableIndex>>;
  /** The attribute with an item's expiry time (epoch seconds). @default - items do not expire */
  readonly timeToLive?: string;
  /** Contents of the stream's records. @default - no stream */
  readonly stream?: StreamViewType;
  /**
   * Any property of the table; overrides the defaults.
   * @default - on demand, encrypted, point-in-time recovery (35 days), deletion protection, retained with its stack
   */
  readonly table?: Partial<TablePropsV2>;
}

/**
 * A DynamoDB table: on demand, encrypted, recoverable to any second of the last 35 days, protected from deletion.
 *
 * Costs at rest: storage, $0.25 per GB and month, and $0.20 for point-in-time recovery (us-east-1,
 * https://aws.amazon.com/dynamodb/pricing/on-demand/).
 *
 * On emulators, and with the context `trellis:ephemeral`, it is deleted with its stack.
 *
 * @throws Error for a key without a name, or without its type
 * @example
 * import { DataTable } from 'cdk-trellis';
 *
 * const orders = new DataTable(stack, 'Orders', {
 *   partitionKey: 'customerId',
 *   sortKey: 'orderId',
 *   indexes: { byDay: { partitionKey: 'day', sortKey: 'orderId' } },
 * });
 */
export class DataTable<Index extends string = string> extends Construct implements Bindable<'table'> {
  readonly bindingKind = 'table';
  /** The table. */
  readonly table: TableV2;

  constructor(scope: Construct, id: string, props: DataTableProps<Index>) {
    super(scope, id);
    assertProps(this, 'DataTable', props, new.target === DataTable);
    applyTarget(this);
    const indexes = Object.entries<TableIndex>(props.indexes ?? {});
    assertValid(this, validateTable(props));
    this.table = new TableV2(this, 'Table', {
      partitionKey: attribute(props.partitionKey),
      ...(props.sortKey && { sortKey: attribute(props.sortKey) }),
      globalSecondaryIndexes: indexes.map(([indexName, index]) => ({
        indexName,
        partitionKey: attribute(index.partitionKey),
        ...(index.sortKey && { sortKey: attribute(index.sortKey) }),
        ...(index.attributes && {
          projectionType: ProjectionType.INCLUDE,
          nonKeyAttributes: [...index.attributes],
        }),
      })),
      ...(props.timeToLive && { timeToLiveAttribute: props.timeToLive }),
      ...(props.stream && { dynamoStream: props.stream }),
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: !isEphemeral(this),
      removalPolicy: dataRemovalPolicy(this, true),
      ...definedProps(props.table),
    });
  }

  get accesses(): readonly string[] {
    return this.binding().accesses ?? [];
  }

  /** @throws Error for an unknown access, or an index that the table does not have */
  bindingFor(access: TableAccess<Index>): Binding {
    return this.binding().bindingFor(access);
  }

  private binding(): Bindable<'table'> {
    return tableBinding(this.table as ITable, this.indexNames());
  }

  /** Returns the names of all indexes, also of those added by `table` or by the table's methods. */
  private indexNames(): string[] {
    const { globalSecondaryIndexes, localSecondaryIndexes } = this.table.node.defaultChild as CfnGlobalTable;
    const lists = [globalSecondaryIndexes, localSecondaryIndexes].map((list) => Stack.of(this).resolve(list));
    return lists.flatMap((list: { indexName: string }[] = []) => list.map(({ indexName }) => indexName));
  }
}

/** Returns the errors of keys without a name. */
function validateTable({ partitionKey, sortKey, indexes = {} }: DataTableProps): string[] {
  const keys: [property: string, key: KeyAttribute | undefined][] = [
    [field('partitionKey'), partitionKey],
    [field('sortKey'), sortKey],
    ...Object.entries<TableIndex>(indexes).flatMap(([name, index]): typeof keys => [
      [field('indexes', name, 'partitionKey'), index.partitionKey],
      [field('indexes', name, 'sortKey'), index.sortKey],
    ]),
  ];
  return keys
    .filter(([, key]) => key !== undefined && attribute(key).name === '')
    .map(([property]) => `${property} must be the name of an attribute, as in \`'orderId'\`, got ""`);
}

function attribute(key: KeyAttribute) {
  return typeof key === 'string' ? { name: key, type: AttributeType.STRING } : key;
}
