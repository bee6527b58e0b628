import { type Binary, type Body, isBinary, isJsonType } from '../contract/body.js';
import { ProblemError } from '../contract/problem.js';
import { MAX_JSON_BYTES, parseJson } from './json.js';
import type { HttpRequest } from './message.js';
import { PROBLEMS } from './problems.js';

/**
 * Reads the body that the operation declares; `undefined` if it declares no body.
 *
 * @throws ProblemError 413 for a body that is too large, 415 for another content type, 400 for a missing body or
 *   invalid JSON
 */
export function readBody(
  declared: Body | undefined,
  { body, headers }: HttpRequest,
): { value: unknown; contentType: string | undefined } {
  if (!declared) return { value: undefined, contentType: undefined };
  const maxBytes = isBinary(declared) ? declared.maxBytes : MAX_JSON_BYTES;
  const size = sizeOf(body, maxBytes);
  if (size > maxBytes) {
    throw new ProblemError({
      ...PROBLEMS.bodyTooLarge,
      detail: `Expected at most ${maxBytes} bytes, got ${size}.`,
    });
  }
  if (size === 0) {
    const expected = isBinary(declared) ? declared.contentTypes.join(' or ') : 'a JSON document';
    throw new ProblemError({ ...PROBLEMS.missingBody, detail: `Expected ${expected}.` });
  }
  return isBinary(declared) ? readBytes(declared, body, headers) : readJson(body, headers['content-type']);
}

const utf8 = new TextEncoder();

/** Returns the size in bytes; an estimate for a text that is below the limit in any case. */
function sizeOf(body: string | Uint8Array, limit: number): number {
  if (typeof body !== 'string') return body.byteLength;
  return body.length * 3 <= limit ? body.length : utf8.encode(body).byteLength;
}

function readBytes({ contentTypes }: Binary, body: string | Uint8Array, headers: HttpRequest['headers']) {
  const contentType = mediaType(headers['content-type']);
  if (!contentType || !contentTypes.includes(contentType)) throw unsupported(contentTypes, contentType);
  return { value: typeof body === 'string' ? utf8.encode(body) : body, contentType };
}

function readJson(body: string | Uint8Array, header: string | undefined) {
  // Fast path: nearly every request has exactly this header.
  if (header !== 'application/json') {
    const type = mediaType(header);
    if (!type || !isJsonType(type)) throw unsupported(['application/json'], type);
    const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(header!)?.[1]?.toLowerCase() ?? 'utf-8';
    if (charset !== 'utf-8' && charset !== 'utf8') {
      throw unsupported(['application/json'], `${type}; charset=${charset}`);
    }
  }
  return { value: parseJson(body), contentType: undefined };
}

function mediaType(header: string | undefined): string | undefined {
  return header?.split(';', 1)[0]?.trim().toLowerCase();
}

function unsupported(expected: readonly string[], actual: string | undefined): ProblemError {
  return new ProblemError({
    ...PROBLEMS.unsupportedMediaType,
    detail: `Expected the content type ${expected.join(' or ')}, got ${actual ? `"${actual}"` : 'none'}.`,
  });
}
