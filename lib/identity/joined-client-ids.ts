import { Lazy } from 'aws-cdk-lib/core';

interface HasClients {
  readonly clientIds: readonly string[];
}

const joined = new WeakMap<HasClients, string>();

/**
 * Returns the ids of all app clients, joined by commas, as a token: clients may be added after the constructs that
 * accept their tokens. It is determined once for all functions of an app.
 */
export function joinedClientIds(users: HasClients): string {
  const ids = joined.get(users) ?? Lazy.string({ produce: () => users.clientIds.join(',') });
  joined.set(users, ids);
  return ids;
}
