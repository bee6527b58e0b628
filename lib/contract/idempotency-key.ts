import type { Idempotent } from './idempotency-options.js';
import type { Operation } from './operation.js';

/** Prefix of the problem types of `idempotent` operations; their classes are in idempotency-problems.ts. */
export const IDEMPOTENCY_TYPE = 'urn:problem:idempotency-';

/** Header that marks the response to a repeated request. */
export const REPLAYED_HEADER = 'idempotent-replayed';

const DEFAULT_EXPIRY_SECONDS = 24 * 60 * 60;

/** Returns the options with their defaults; undefined for an operation that is not `idempotent`. */
export function idempotencyOf({
  idempotent,
}: Pick<Operation, 'idempotent'>): Required<Idempotent> | undefined {
  if (!idempotent) return undefined;
  const { key = 'required', expiresAfterSeconds = DEFAULT_EXPIRY_SECONDS } =
    idempotent === true ? {} : idempotent;
  return { key, expiresAfterSeconds };
}

/** Returns true if clients send an idempotency key. */
export function takesKey({ idempotencyKey, idempotent }: Operation): boolean {
  return !!(idempotencyKey || idempotent);
}

/** Returns the requirement of an `Idempotency-Key` header; undefined for an operation without one. */
export function keyOf(operation: Pick<Operation, 'idempotent' | 'idempotencyKey'>): Idempotent['key'] {
  return operation.idempotencyKey ? 'required' : idempotencyOf(operation)?.key;
}
