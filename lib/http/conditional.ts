import { PreconditionFailed } from '../contract/precondition.js';
import type { HttpRequest, HttpResponse } from './message.js';

/**
 * An entity tag for a version: a number or a text that is another one whenever the resource is.
 *
 * @throws Error when the version has quotation marks or what is no visible character
 */
export function etag(version: string | number): string {
  if (!/^[\x21\x23-\x7e]*$/.test(String(version))) {
    throw new Error(
      `A version in an ETag must be of visible characters without quotation marks, got "${version}"`,
    );
  }
  return `"${version}"`;
}

/** The entity tags of `If-Match` or `If-None-Match`. We make strong ones only: a weak one is ours, compressed on its way. */
function tagsOf(header: string): string[] {
  return header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
}

function matches(header: string, tag: string): boolean {
  const tags = tagsOf(header);
  return tags.includes('*') || tags.includes(tag);
}

/** The same reply, or 304 for a caller who has it: `If-None-Match` (RFC 9110, section 13.1.2). */
export function unlessKnown(request: HttpRequest, reply: HttpResponse): HttpResponse {
  const wanted = request.headers['if-none-match'];
  const { etag: tag, 'content-type': _type, ...headers } = reply.headers;
  if (!wanted || !tag || reply.status !== 200 || !matches(wanted, tag)) return reply;
  return { ...reply, status: 304, headers: { etag: tag, ...headers }, body: '' };
}

/**
 * Refuses a change of what somebody else has changed: compares the current version with the `If-Match` header, and does
 * nothing when there is none. Write with a condition on the same version, or two callers may both pass.
 *
 * @param headers the request's, with `if-match` in lower case
 * @param version the current one, as `etag` was given it; `undefined` when there is no such resource
 * @throws PreconditionFailed 412
 */
export function requireMatch(
  headers: { readonly 'if-match'?: string | undefined },
  version: string | number | undefined,
): void {
  const wanted = headers['if-match'];
  if (wanted === undefined || (version !== undefined && matches(wanted, etag(version)))) return;
  const current = version === undefined ? 'there is none' : `the current version is ${etag(version)}`;
  throw new PreconditionFailed({ detail: `\`If-Match\` is ${wanted}, but ${current}.` });
}
