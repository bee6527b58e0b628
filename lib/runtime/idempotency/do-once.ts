import type { IdempotencyClient } from '../needs/idempotency.js';
import type { Clients, Needs } from '../needs/need.js';

/** Runs work once if the needs have `idempotency()`. Its result is neither used nor recorded. */
export async function doOnce<N extends Needs>(
  needs: N,
  clients: Clients<N>,
  key: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const [need] = Object.entries(needs).find(([, { kind }]) => kind === 'idempotency') ?? [];
  const withoutResult = async () => {
    await work();
  };
  if (need === undefined) await withoutResult();
  else await (clients[need] as IdempotencyClient).run(key, withoutResult);
}
