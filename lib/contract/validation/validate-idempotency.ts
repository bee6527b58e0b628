import type { Idempotent } from '../idempotent.js';
import type { Operation } from '../operation.js';

const A_YEAR = 365 * 24 * 60 * 60;

/** What is wrong with the property `idempotent`. */
export function validateIdempotency({ idempotent, idempotencyKey, method }: Operation): string[] {
  if (idempotent === undefined) return [];
  if (idempotent !== true && (typeof idempotent !== 'object' || idempotent === null)) {
    return [`\`idempotent\` must be true or terms, as in \`{ key: 'optional' }\`, got ${String(idempotent)}`];
  }
  const {
    key,
    expiresAfterSeconds: seconds,
    ...unknown
  } = (idempotent === true ? {} : idempotent) as Idempotent;
  const found = Object.keys(unknown).map((name) => `\`idempotent\` has no \`${name}\``);
  if (key !== undefined && key !== 'required' && key !== 'optional') {
    found.push(`\`idempotent.key\` must be 'required' or 'optional', got ${String(key)}`);
  }
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds >= 1 && seconds <= A_YEAR)) {
    found.push(
      `\`idempotent.expiresAfterSeconds\` must be an integer from 1 to ${A_YEAR}, got ${String(seconds)}`,
    );
  }
  if (method === 'GET') found.push('a GET needs no `idempotent`: it changes nothing');
  if (idempotencyKey) {
    found.push(
      '`idempotent` and `idempotencyKey` must not both be set: with `idempotent` the library does what the handler does otherwise',
    );
  }
  return found;
}
