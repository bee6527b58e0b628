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
import { assertValid } from '../construct/assert-valid.js';
import { definedProps } from '../construct/defined-props.js';
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
 * @throws Error for a key that is not an attribute name or an attribute with its type
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
    applyTarget(this);
    const indexes = Object.entries<TableIndex>(props?.indexes ?? {});
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

/** Returns the errors of all keys, which the compiler reports in TypeScript only. */
function validateTable(props: DataTableProps | undefined): string[] {
  return [
    ...validateKey('partitionKey', props?.partitionKey),
    ...(props?.sortKey === undefined ? [] : validateKey('sortKey', props.sortKey)),
    ...Object.entries<TableIndex | undefined>(props?.indexes ?? {}).flatMap(([name, index]) => [
      ...validateKey(`indexes.${name}.partitionKey`, index?.partitionKey),
      ...(index?.sortKey === undefined ? [] : validateKey(`indexes.${name}.sortKey`, index.sortKey)),
    ]),
  ];
}

function validateKey(property: string, key: unknown): string[] {
  const name: unknown =
    typeof key === 'object' && key !== null && 'type' in key && 'name' in key ? key.name : key;
  if (typeof name === 'string' && name !== '') return [];
  const got =
    typeof key === 'string' ? `"${key}"` : typeof key === 'object' && key ? JSON.stringify(key) : key;
  return [
    `\`${property}\` must be the name of a string attribute, as in \`'orderId'\`, or a name with its type, as in \`{ name: 'at', type: AttributeType.NUMBER }\`, got ${got}`,
  ];
}

function attribute(key: KeyAttribute) {
  return typeof key === 'string' ? { name: key, type: AttributeType.STRING } : key;
}
