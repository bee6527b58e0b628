import type { Context } from 'aws-lambda';
import { invoked } from '../invocation.js';
import { type Clients, connection, type Needs } from '../needs/need.js';

/** A Lambda handler that knows what it needs. */
export interface BoundHandler<Event, Result, N extends Needs> {
  (event: Event, context: Context): Promise<Result>;
  readonly needs: N;
  /** The same handler with clients of your own: how a unit test calls it. */
  with(clients: Clients<N>): (event: Event, context?: Context) => Promise<Result>;
}

/**
 * Declares a handler and what it needs. The needs must be an object literal: the construct that deploys the
 * handler reads them from the source, without running it.
 *
 * In Lambda the clients are made while the function initializes. A missing binding fails the deployment's first call
 * with its name, and not some later one.
 */
export function handle<const N extends Needs, Event, Result>(
  needs: N,
  run: (event: Event, clients: Clients<N>, context: Context) => Promise<Result>,
): BoundHandler<Event, Result, N> {
  const connected = connection(needs);
  const answer = async (event: Event, context: Context, clients: () => Clients<N>) =>
    invoked(context, undefined, () => run(event, clients(), context));
  return Object.assign((event: Event, context: Context) => answer(event, context, connected), {
    needs,
    with: (given: Clients<N>) => (event: Event, context?: Context) =>
      answer(event, context ?? ({} as Context), () => given),
  });
}
