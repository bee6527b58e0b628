import type { Context } from 'aws-lambda';
import type { EventDefinition, EventOf } from '../../contract/event.js';
import { withDeadline } from '../deadline.js';
import { correlationIdOf, type DeliveredEvent, readEvent } from '../event.js';
import { doOnce } from '../idempotency/do-once.js';
import { invoked } from '../invocation.js';
import { logger } from '../logger.js';
import { type Clients, connection, type Needs } from '../needs/need.js';

/** The Lambda handler of one event, or of several. */
export interface EventHandler<E extends EventDefinition, N extends Needs> {
  (event: DeliveredEvent, context: Context): Promise<void>;
  /** Type of the accepted events, for the compiler only. */
  readonly consumes?: (event: EventOf<E>) => void;
  readonly needs: N;
  /** Returns the handler with the given clients, for unit tests. */
  with(clients: Clients<N>): (event: DeliveredEvent, context?: Context) => Promise<void>;
}

/**
 * Handles an event that EventBridge delivers: the target of `hub.on(OrderPlaced, () => import('./this-file.js'))`.
 *
 * The event is parsed by its definition. An event that matches none, of an unknown version for instance, is an error.
 * After an error Lambda retries twice and then moves the event to the function's failure queue, from which
 * `trellis redrive` sends it back. A handler that has not finished a tenth before the function's timeout (0.1 to 1 s)
 * fails in the same way. With `idempotency()` among the needs, an event is handled once.
 *
 * @param events the event, or several: versions of one, or different events, distinguished by `name`
 * @param needs an object literal: the construct that deploys the handler reads it from the source
 * @example
 * import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
 * import { consume, idempotency, table } from 'cdk-trellis/runtime';
 * import { OrderPlaced } from '../contracts/orders.js';
 *
 * export const handler = consume(
 *   OrderPlaced,
 *   { sales: table.write, once: idempotency() },
 *   async ({ data }, { sales }) => {
 *     await sales.client.send(
 *       new UpdateCommand({
 *         TableName: sales.tableName,
 *         Key: { day: 'today' },
 *         UpdateExpression: 'ADD orders :one, total :total',
 *         ExpressionAttributeValues: { ':one': 1, ':total': data.total },
 *       }),
 *     );
 *   },
 * );
 */
export function consume<E extends EventDefinition, const N extends Needs>(
  events: E | readonly E[],
  needs: N,
  run: (event: EventOf<E>, clients: Clients<N>, context: Context) => Promise<void>,
): EventHandler<E, N> {
  const definitions = [events].flat() as E[];
  const connected = connection(needs);

  async function handleEvent(
    delivered: DeliveredEvent,
    context: Context,
    clients: () => Clients<N>,
  ): Promise<void> {
    try {
      const event = readEvent(definitions, delivered);
      const connected = clients();
      const work = () => doOnce(needs, connected, event.id, () => run(event, connected, context));
      await withDeadline(({ within }) => within(work));
    } catch (error) {
      const { id, source, 'detail-type': name } = delivered ?? ({} as Partial<DeliveredEvent>);
      logger().error('The event was not handled', { error: error as Error, event: { id, name, source } });
      throw error;
    }
  }

  const invoke = (delivered: DeliveredEvent, context: Context, clients: () => Clients<N>) =>
    invoked(context, correlationIdOf(delivered), () => handleEvent(delivered, context, clients));

  return Object.assign((event: DeliveredEvent, context: Context) => invoke(event, context, connected), {
    needs,
    with: (clients: Clients<N>) => (event: DeliveredEvent, context?: Context) =>
      invoke(event, context ?? ({} as Context), () => clients),
  });
}
