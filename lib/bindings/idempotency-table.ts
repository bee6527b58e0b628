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
import { definedProps } from '../construct/defined-props.js';
import type { Bindable, Binding } from './bindable.js';
import { idempotencyBinding } from './idempotency.js';

const ID = 'Idempotency';

export interface IdempotencyTableProps {
  /** Any property of the table underneath; it wins over the defaults. */
  readonly table?: Partial<TablePropsV2>;
}

/**
 * Where functions remember what they have done, so that an event or message that comes twice is handled once.
 * A stack has one as soon as a handler in it needs `idempotency()`, or is a `job`, an `Api` as soon as an operation is
 * `idempotent`.
 *
 * On demand and encrypted; records expire by themselves. Costs nothing at rest; two writes for each event, $1.25 per
 * million (us-east-1, https://aws.amazon.com/dynamodb/pricing/on-demand/). It goes with its stack: it says only what
 * functions that go with it have done in the last days.
 *
 * @example
 * import { IdempotencyTable } from 'cdk-trellis';
 *
 * // The one that the functions of a stack share, to change what CDK has no property for here.
 * const { table } = IdempotencyTable.of(stack);
 */
export class IdempotencyTable extends Construct implements Bindable<'idempotency'> {
  /** The stack's own; it is made when it is first asked for. */
  static of(scope: Construct): IdempotencyTable {
    const stack = Stack.of(scope);
    const existing = stack.node.tryFindChild(ID);
    return (existing as IdempotencyTable | undefined) ?? new IdempotencyTable(stack, ID);
  }

  readonly bindingKind = 'idempotency';
  /** The table underneath. */
  readonly table: TableV2;

  constructor(scope: Construct, id: string, props: IdempotencyTableProps = {}) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      // Also what Powertools writes: https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/
      partitionKey: { name: 'id', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiration',
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      removalPolicy: RemovalPolicy.DESTROY,
      ...definedProps(props.table),
    });
    acknowledge(this.table, {
      'AwsSolutions-DDB3':
        'It holds what was done in the last days, and nothing that could be recovered from it.',
    });
  }

  bindingFor(access: string): Binding {
    return idempotencyBinding(this.table as ITable).bindingFor(access);
  }
}
