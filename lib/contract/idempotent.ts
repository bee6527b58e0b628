import type { Operation } from './contract.js';

/** Terms on which requests of an operation are repeated. */
export interface Idempotent {
  /** Whether a request without the header is refused with 400, or served like one of any operation. @default 'required' */
  readonly key?: 'required' | 'optional';
  /**
   * For how long a key stands for its request, in seconds; afterwards it is a new one. It is kept at least that long.
   * @default 86400: a day
   */
  readonly expiresAfterSeconds?: number;
}

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
