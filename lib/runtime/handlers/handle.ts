import type { Context } from 'aws-lambda';
import { invoked } from '../invocation.js';
import { type Clients, connection, type Needs } from '../needs/need.js';

/** A Lambda handler with its declared needs. */
export interface BoundHandler<Event, Result, N extends Needs> {
  (event: Event, context: Context): Promise<Result>;
  readonly needs: N;
  /** Returns the handler with the given clients, for unit tests. */
  with(clients: Clients<N>): (event: Event, context?: Context) => Promise<Result>;
}

/**
 * Declares a handler and its needs. The needs must be an object literal: the construct that deploys the handler reads
 * them from the source, without running it.
 *
 * In Lambda the clients are created while the function initializes. With a missing binding, the first call after the
 * deployment already fails, with the binding's name.
 */
export function handle<const N extends Needs, Event, Result>(
  needs: N,
  run: (event: Event, clients: Clients<N>, context: Context) => Promise<Result>,
): BoundHandler<Event, Result, N> {
  const connected = connection(needs);
  const invoke = async (event: Event, context: Context, clients: () => Clients<N>) =>
    invoked(context, undefined, () => run(event, clients(), context));
  return Object.assign((event: Event, context: Context) => invoke(event, context, connected), {
    needs,
    with: (clients: Clients<N>) => (event: Event, context?: Context) =>
      invoke(event, context ?? ({} as Context), () => clients),
  });
}
