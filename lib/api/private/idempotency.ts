import { Annotations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type * as Idempotency from '../../bindings/idempotency-table.js';
import type { PlannedRoute } from './planned-route.js';

/**
 * The table with the responses of operations that are `idempotent`: the one given, or one of the API's own.
 *
 * @returns undefined when no operation is
 */
export function idempotencyTableOf(
  scope: Construct,
  planned: readonly PlannedRoute[],
  given: Idempotency.IdempotencyTable | undefined,
): Idempotency.IdempotencyTable | undefined {
  const idempotent = planned.filter(({ operation }) => operation.idempotent);
  if (idempotent.length === 0) return undefined;
  warnOfSharedKeys(scope, idempotent);
  if (given) return given;
  // Loaded here: an app that needs no table does not wait for CDK's tables.
  const { IdempotencyTable } = require('../../bindings/idempotency-table.js') as typeof Idempotency;
  return new IdempotencyTable(scope, 'Idempotency');
}

/** Nobody tells the callers of a public operation apart. */
function warnOfSharedKeys(scope: Construct, idempotent: readonly PlannedRoute[]): void {
  const shared = idempotent.filter(({ operation: { auth, apiKey } }) => auth === 'public' && !apiKey);
  if (shared.length === 0) return;
  const names = shared.map(({ name }) => name).join(', ');
  Annotations.of(scope).addWarningV2(
    'cdk-trellis:sharedIdempotencyKeys',
    `${names}: public and \`idempotent\`, so idempotency keys belong to no caller. Whoever knows a key and sends the same request reads its response: keys must be random, such as UUIDs, or the operation needs an \`auth\``,
  );
}
