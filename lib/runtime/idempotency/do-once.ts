import type { IdempotencyClient } from '../needs/idempotency.js';
import type { Clients, Needs } from '../needs/need.js';

/** Does work once, if the needs have `idempotency()`. What the work returns is of no use to anybody, and not remembered. */
export async function doOnce<N extends Needs>(
  needs: N,
  clients: Clients<N>,
  key: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const [name] = Object.entries(needs).find(([, need]) => need.kind === 'idempotency') ?? [];
  const done = async () => {
    await work();
  };
  if (name === undefined) await done();
  else await (clients[name] as IdempotencyClient).run(key, done);
}
