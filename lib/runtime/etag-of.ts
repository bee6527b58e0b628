import { createHash } from 'node:crypto';
import { etag } from '../http/conditional.js';

/**
 * Returns an entity tag for a response body without a version: equal values have equal tags. To guard a change, use
 * `etag(version)` and write on the condition that the version is unchanged.
 *
 * @param body any value that `JSON.stringify` accepts
 */
export function etagOf(body: unknown): string {
  return etag(createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22));
}
