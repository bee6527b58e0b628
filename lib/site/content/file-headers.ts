import { extname } from 'node:path';
import { contentType } from 'mime-types';
import { CONFIGURATION_FILE } from './request.js';

/** The kind of a file, which determines its upload order and cache headers. */
export type FileKind = 'hashed' | 'other' | 'page';

/** Cache headers for a year, the conventional maximum of HTTP caches (RFC 9111). */
const IMMUTABLE = 'public, max-age=31536000, immutable';
/** Cache headers that require revalidation: the response is mostly 304. */
const REVALIDATE = 'no-cache';
/** Cache headers for five minutes in browsers, and a day in CloudFront, whose cache a deployment invalidates. */
const SHORT_LIVED = 'public, max-age=300, s-maxage=86400';

/**
 * Names with a hash as bundlers write it: `index-B7xK9f2a.js`. A lower-case word does not match
 * (`hero-background.png`): with immutable headers browsers would never load its next version.
 */
const HASHED_NAME = /[-._](?=[\w-]*[A-Z0-9])[\w-]{8,}(\.[a-z0-9]+)+$/;

export function kindOf(path: string, hashedFolders: readonly string[]): FileKind {
  if (/\.html?$/.test(path)) return 'page';
  const isInFolder = hashedFolders.some((folder) => path.startsWith(folder));
  return isInFolder && HASHED_NAME.test(path) ? 'hashed' : 'other';
}

export interface FileHeaders {
  readonly contentType: string;
  readonly cacheControl: string;
}

export function headersOf(path: string, kind: FileKind): FileHeaders {
  return {
    contentType: contentType(extname(path)) || 'application/octet-stream',
    cacheControl: kind === 'hashed' ? IMMUTABLE : mustRevalidate(path, kind) ? REVALIDATE : SHORT_LIVED,
  };
}

function mustRevalidate(path: string, kind: FileKind): boolean {
  return kind === 'page' || path === CONFIGURATION_FILE;
}
