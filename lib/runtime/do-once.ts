import type { Context } from 'aws-lambda';
import type { IdempotencyClient } from './idempotency.js';
import type { Clients, Needs } from './need.js';

/** Does work once, if the needs have `idempotency()`; its code is not loaded otherwise. */
export function doOnce<N extends Needs, Result>(
  needs: N,
  clients: Clients<N>,
  key: string,
  work: () => Promise<Result>,
  context: Context | undefined,
): Promise<Result> {
  const [name] = Object.entries(needs).find(([, need]) => need.kind === 'idempotency') ?? [];
  if (name === undefined) return work();
  return (clients[name] as IdempotencyClient).run(key, work, context);
}
