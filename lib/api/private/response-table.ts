import { Annotations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type * as Idempotency from '../../bindings/idempotency-table.js';
import type { PlannedRoute } from './planned-route.js';

/**
 * Returns the table with the responses of `idempotent` operations, and creates it if the user passes none.
 *
 * @returns undefined without `idempotent` operations
 */
export function idempotencyTableOf(
  scope: Construct,
  planned: readonly PlannedRoute[],
  table: Idempotency.IdempotencyTable | undefined,
): Idempotency.IdempotencyTable | undefined {
  const idempotent = planned.filter(({ operation }) => operation.idempotent);
  if (idempotent.length === 0) return undefined;
  warnOfSharedKeys(scope, idempotent);
  if (table) return table;
  // Loaded on demand: an app without the table does not load CDK's DynamoDB module.
  const { IdempotencyTable } = require('../../bindings/idempotency-table.js') as typeof Idempotency;
  return new IdempotencyTable(scope, 'Idempotency');
}

/** Warns of public operations, whose callers are not distinguished. */
function warnOfSharedKeys(scope: Construct, idempotent: readonly PlannedRoute[]): void {
  const shared = idempotent.filter(({ operation: { auth, apiKey } }) => auth === 'public' && !apiKey);
  if (shared.length === 0) return;
  const names = shared.map(({ name }) => name).join(', ');
  Annotations.of(scope).addWarningV2(
    'cdk-trellis:sharedIdempotencyKeys',
    `${names}: public and \`idempotent\`, so an idempotency key belongs to no caller. A client that knows a key and sends the same request gets its response: keys must be random, such as UUIDs, or the operation needs an \`auth\``,
  );
}
