import type { Idempotent } from '../idempotency-options.js';
import type { Operation } from '../operation.js';

const MAX_EXPIRY_SECONDS = 365 * 24 * 60 * 60;

/** Returns the errors of the property `idempotent`. */
export function validateIdempotency({ idempotent, idempotencyKey, method }: Operation): string[] {
  if (idempotent === undefined) return [];
  if (idempotent !== true && (typeof idempotent !== 'object' || idempotent === null)) {
    return [`\`idempotent\` must be true or options like \`{ key: 'optional' }\`, got ${String(idempotent)}`];
  }
  const {
    key,
    expiresAfterSeconds: seconds,
    ...unknown
  } = (idempotent === true ? {} : idempotent) as Idempotent;
  const errors = Object.keys(unknown).map((name) => `unknown property \`idempotent.${name}\``);
  if (key !== undefined && key !== 'required' && key !== 'optional') {
    errors.push(`\`idempotent.key\` must be 'required' or 'optional', got ${String(key)}`);
  }
  if (
    seconds !== undefined &&
    !(Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_EXPIRY_SECONDS)
  ) {
    errors.push(
      `\`idempotent.expiresAfterSeconds\` must be an integer from 1 to ${MAX_EXPIRY_SECONDS} (a year), got ${String(seconds)}`,
    );
  }
  if (method === 'GET') errors.push('`idempotent` is not possible with GET, which is idempotent already');
  if (idempotencyKey) {
    errors.push(
      '`idempotent` and `idempotencyKey` must not both be set: use `idempotencyKey` only if the handler implements idempotency itself',
    );
  }
  return errors;
}
