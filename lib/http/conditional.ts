import { PreconditionFailed } from '../contract/precondition.js';
import type { HttpRequest, HttpResponse } from './message.js';

/**
 * Returns the entity tag of a version: a number or a text that changes whenever the resource changes.
 *
 * @throws Error for a version with quotation marks or characters that are not visible ASCII
 */
export function etag(version: string | number): string {
  if (!/^[\x21\x23-\x7e]*$/.test(String(version))) {
    throw new Error(`\`version\` must be visible ASCII characters without quotation marks, got "${version}"`);
  }
  return `"${version}"`;
}

/** Parses `If-Match` or `If-None-Match`. The library creates strong tags only; a weak tag is one of them, weakened by compression in transit. */
function tagsOf(header: string): string[] {
  return header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
}

function matches(header: string, tag: string): boolean {
  const tags = tagsOf(header);
  return tags.includes('*') || tags.includes(tag);
}

/** Returns the response, or 304 if `If-None-Match` has its tag (RFC 9110, section 13.1.2). */
export function applyIfNoneMatch(request: HttpRequest, response: HttpResponse): HttpResponse {
  const condition = request.headers['if-none-match'];
  const { etag: tag, 'content-type': _type, ...headers } = response.headers;
  if (!condition || !tag || response.status !== 200 || !matches(condition, tag)) return response;
  return { ...response, status: 304, headers: { etag: tag, ...headers }, body: '' };
}

/**
 * Rejects a change of a resource that has changed since the caller read it: compares the current version with the
 * `If-Match` header, and does nothing without that header. Write with a condition on the same version, or two
 * concurrent callers may both pass.
 *
 * @param headers request headers, with `if-match` in lower case
 * @param version current version, as passed to `etag`; `undefined` when the resource does not exist
 * @throws PreconditionFailed 412
 */
export function requireMatch(
  headers: { readonly 'if-match'?: string | undefined },
  version: string | number | undefined,
): void {
  const condition = headers['if-match'];
  if (condition === undefined || (version !== undefined && matches(condition, etag(version)))) return;
  const current =
    version === undefined ? 'the resource does not exist' : `the current version is ${etag(version)}`;
  throw new PreconditionFailed({ detail: `\`If-Match\` is ${condition}, but ${current}.` });
}
