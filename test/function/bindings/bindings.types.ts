// Compiled, never run: what the compiler must refuse.
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { BindOf, NodeFunction } from 'cdk-trellis';

type Everything = BindOf<typeof import('../fixtures/handlers/everything.js')>;
type Orders = typeof import('../fixtures/handlers/orders.js');
type Plain = typeof import('../fixtures/handlers/plain.js');

export function bindings(
  bus: EventBus,
  orders: NodeFunction<Orders>,
  plain: NodeFunction<Plain>,
  any: IFunction,
) {
  const events: Everything['events'] = bus;
  const callee: Everything['callee'] = orders;
  const imported: Everything['callee'] = any;
  const stage: Everything['stage'] = 'beta';
  // @ts-expect-error a bus is no queue
  const work: Everything['work'] = bus;
  // @ts-expect-error the function of another module
  const other: Everything['callee'] = plain;
  // @ts-expect-error a number is no text
  const text: Everything['stage'] = 3;
  return [events, callee, imported, stage, work, other, text];
}
