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
import { definedProps } from '../construct/defined-props.js';
import { applyTarget } from '../target/apply-target.js';
import { dataRemovalPolicy, isEphemeral } from '../target/ephemeral.js';

/** The name of an attribute that holds text, or a name with its type. */
export type KeyAttribute = string | { readonly name: string; readonly type: AttributeType };

export interface TableIndex {
  readonly partitionKey: KeyAttribute;
  /** @default - none: items of one partition key are in no order */
  readonly sortKey?: KeyAttribute;
  /**
   * Attributes that the index holds besides the keys.
   * @default - all of them, so that a query needs no second read; each write then costs twice
   */
  readonly attributes?: readonly string[];
}

export interface DataTableProps<Index extends string = string> {
  readonly partitionKey: KeyAttribute;
  /** @default - none: an item is found by its partition key alone */
  readonly sortKey?: KeyAttribute;
  /** Global secondary indexes by name. @default - none */
  readonly indexes?: Readonly<Record<Index, TableIndex>>;
  /** The attribute with the time (epoch seconds) from which an item may be deleted. @default - items stay */
  readonly timeToLive?: string;
  /** What a stream of changes holds. @default - no stream */
  readonly stream?: StreamViewType;
  /**
   * Any property of the table underneath; it wins over the defaults.
   * @default - on demand, encrypted, point-in-time recovery (35 days), deletion protection, kept when its stack goes
   */
  readonly table?: Partial<TablePropsV2>;
}

/**
 * A DynamoDB table: on demand, encrypted, recoverable to any second of the last 35 days, protected from deletion.
 *
 * Costs nothing at rest but storage: $0.25 per GB and month, and $0.20 for its recovery (us-east-1,
 * https://aws.amazon.com/dynamodb/pricing/on-demand/).
 *
 * On the emulators, and with the context `trellis:ephemeral`, it is deleted with its stack.
 *
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
  /** The table underneath. */
  readonly table: TableV2;

  constructor(scope: Construct, id: string, props: DataTableProps<Index>) {
    super(scope, id);
    applyTarget(this);
    const indexes = Object.entries<TableIndex>(props?.indexes ?? {});
    const errors = [
      ...validateKeys('partitionKey', props?.partitionKey),
      ...(props?.sortKey === undefined ? [] : validateKeys('sortKey', props.sortKey)),
      ...indexes.flatMap(([name, index]) => [
        ...validateKeys(`indexes.${name}.partitionKey`, index?.partitionKey),
        ...(index?.sortKey === undefined ? [] : validateKeys(`indexes.${name}.sortKey`, index.sortKey)),
      ]),
    ];
    if (errors.length > 0) throw new Error(`${errors.join('\n')} (at ${this.node.path})`);
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

  /** @throws Error when there is no such access, or the table has no such index */
  bindingFor(access: TableAccess<Index>): Binding {
    return this.binding().bindingFor(access);
  }

  private binding(): Bindable<'table'> {
    return tableBinding(this.table as ITable, this.indexNames());
  }

  /** All that the table has by now, those that `table` or a call of its own has given it too. */
  private indexNames(): string[] {
    const { globalSecondaryIndexes, localSecondaryIndexes } = this.table.node.defaultChild as CfnGlobalTable;
    const lists = [globalSecondaryIndexes, localSecondaryIndexes].map((list) => Stack.of(this).resolve(list));
    return lists.flatMap((list: { indexName: string }[] = []) => list.map(({ indexName }) => indexName));
  }
}

/** What the compiler tells users of TypeScript. */
function validateKeys(property: string, key: unknown): string[] {
  const name: unknown =
    typeof key === 'object' && key !== null && 'type' in key && 'name' in key ? key.name : key;
  if (typeof name === 'string' && name !== '') return [];
  const got =
    typeof key === 'string' ? `"${key}"` : typeof key === 'object' && key ? JSON.stringify(key) : key;
  return [
    `\`${property}\` must be the name of an attribute that holds text, as in \`'orderId'\`, or a name with its type, as in \`{ name: 'at', type: AttributeType.NUMBER }\`, got ${got}`,
  ];
}

function attribute(key: KeyAttribute) {
  return typeof key === 'string' ? { name: key, type: AttributeType.STRING } : key;
}
