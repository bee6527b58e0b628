import {
  AttributeType,
  Billing,
  type ITable,
  TableEncryptionV2,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge } from '../construct/acknowledge.js';
import { assertProps } from '../construct/assert-props.js';
import { definedProps } from '../construct/defined-props.js';
import type { Bindable, Binding } from './bindable.js';
import { idempotency } from './kinds/idempotency.js';

const ID = 'Idempotency';

export interface IdempotencyTableProps {
  /**
   * Properties of the underlying table; they override the defaults.
   *
   * @default - the defaults described at IdempotencyTable
   */
  readonly table?: Partial<TablePropsV2>;
}

/**
 * A table in which functions record completed work, so that a duplicate event or message is handled once. A stack
 * creates one when a handler in it needs `idempotency()` or is a `job`; an `Api` creates one when an operation is
 * `idempotent`.
 *
 * On-demand and encrypted; records expire. Costs nothing at rest; two writes per event, $1.25 per million (us-east-1,
 * https://aws.amazon.com/dynamodb/pricing/on-demand/). It is deleted with its stack: it contains only records of the
 * last days by functions that are deleted with it.
 *
 * @example
 * import { IdempotencyTable } from 'cdk-trellis';
 *
 * // The table that the functions of a stack share, to change what has no property here.
 * const { table } = IdempotencyTable.of(stack);
 */
export class IdempotencyTable extends Construct implements Bindable<'idempotency'> {
  /** Returns the stack's table, which is created on the first call. */
  static of(scope: Construct): IdempotencyTable {
    const stack = Stack.of(scope);
    const existing = stack.node.tryFindChild(ID);
    return (existing as IdempotencyTable | undefined) ?? new IdempotencyTable(stack, ID);
  }

  readonly bindingKind = 'idempotency';
  /** The underlying table. */
  readonly table: TableV2;

  constructor(scope: Construct, id: string, props: IdempotencyTableProps = {}) {
    super(scope, id);
    assertProps(this, 'IdempotencyTable', props, new.target === IdempotencyTable);
    this.table = new TableV2(this, 'Table', {
      // The same schema as Powertools: https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/
      partitionKey: { name: 'id', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiration',
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      removalPolicy: RemovalPolicy.DESTROY,
      ...definedProps(props.table),
    });
    acknowledge(this.table, {
      'AwsSolutions-DDB3':
        'It holds records of completed work that expire within days: there is nothing to recover.',
    });
  }

  bindingFor(access: string): Binding {
    return idempotency.bind(this.table as ITable).bindingFor(access);
  }
}
