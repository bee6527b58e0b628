import type { Idempotent } from './idempotent.js';
import type { Operation } from './operation.js';

/** Types of the problems of operations that are `idempotent` begin so; their classes are in idempotency-problems.ts. */
export const IDEMPOTENCY_TYPE = 'urn:problem:idempotency-';

/** The header of a response that is not the first one to its request. */
export const REPLAYED_HEADER = 'idempotent-replayed';

const A_DAY = 24 * 60 * 60;

/** The terms with their defaults; undefined for an operation that is not `idempotent`. */
export function idempotencyOf({
  idempotent,
}: Pick<Operation, 'idempotent'>): Required<Idempotent> | undefined {
  if (!idempotent) return undefined;
  const { key = 'required', expiresAfterSeconds = A_DAY } = idempotent === true ? {} : idempotent;
  return { key, expiresAfterSeconds };
}

/** Whether clients send a key. */
export function takesKey({ idempotencyKey, idempotent }: Operation): boolean {
  return !!(idempotencyKey || idempotent);
}

/** Whether requests have an `Idempotency-Key` header, whatever becomes of it. */
export function keyOf(operation: Pick<Operation, 'idempotent' | 'idempotencyKey'>): Idempotent['key'] {
  return operation.idempotencyKey ? 'required' : idempotencyOf(operation)?.key;
}
