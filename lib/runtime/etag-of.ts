import { createHash } from 'node:crypto';
import { etag } from '../http/conditional.js';

/**
 * An entity tag made of what is answered, for what has no version: the same value has the same tag. To guard a change,
 * use `etag(version)` and write on the condition that the version is the same.
 *
 * @param body what `JSON.stringify` takes
 */
export function etagOf(body: unknown): string {
  return etag(createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22));
}
