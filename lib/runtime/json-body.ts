import { ProblemError } from '../contract/problem.js';

/** Largest request body that `route` reads, in bytes; Lambda itself takes 6 MB per call. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** How JSON writes a character that needs two code units; each may stand there alone, which is no text then. */
const HALF_OF_A_PAIR = /\\u[dD][89a-fA-F]/;

/** Whether every text in the value is well-formed Unicode: what is not, services of AWS refuse. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => key.isWellFormed() && isWellFormed(item));
}

/**
 * The request's JSON body.
 *
 * @throws ProblemError 413 when it is too large, 415 when it is not JSON by its content type, 400 when it is not JSON
 */
export function readJson(body: Uint8Array, contentType: string | undefined): unknown {
  if (body.byteLength > MAX_BODY_BYTES) {
    throw new ProblemError({
      status: 413,
      title: 'The body is too large',
      detail: `Expected at most ${MAX_BODY_BYTES} bytes, got ${body.byteLength}.`,
    });
  }
  if (body.byteLength === 0) {
    throw new ProblemError({
      status: 400,
      title: 'The body is missing',
      detail: 'Expected a JSON document.',
    });
  }
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json' && !type?.endsWith('+json')) {
    throw new ProblemError({
      status: 415,
      title: 'Unsupported media type',
      detail: `Expected the content type application/json, got ${type ? `"${type}"` : 'none'}.`,
    });
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const value: unknown = JSON.parse(text);
    if (HALF_OF_A_PAIR.test(text) && !isWellFormed(value)) {
      throw new SyntaxError('An escaped surrogate is not part of a pair: such text has no UTF-8 form.');
    }
    return value;
  } catch (error) {
    throw new ProblemError({
      status: 400,
      title: 'The body is not JSON',
      detail: error instanceof SyntaxError ? error.message : 'It is not UTF-8 text.',
    });
  }
}
