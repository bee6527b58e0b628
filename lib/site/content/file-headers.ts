import { basename, extname } from 'node:path';
import { contentType } from 'mime-types';
import { matches } from './patterns.js';
import { CONFIGURATION_FILE, type SiteFileHeaders } from './request.js';

/** The kind of a file, which determines its upload order and cache headers. */
export type FileKind = 'hashed' | 'other' | 'page';

/** Cache headers for a year, the conventional maximum of HTTP caches (RFC 9111). */
const IMMUTABLE = 'public, max-age=31536000, immutable';
/** Cache headers that require revalidation: the response is mostly 304. */
const REVALIDATE = 'no-cache';
/** Cache headers for five minutes in browsers, and a day in CloudFront, whose cache a deployment invalidates. */
const SHORT_LIVED = 'public, max-age=300, s-maxage=86400';

/** Types of files whose names, by their standard, have no extension. */
const STANDARD_TYPES: Readonly<Record<string, string>> = {
  // https://developer.apple.com/documentation/xcode/supporting-associated-domains
  'apple-app-site-association': 'application/json',
};

export const isPage = (path: string): boolean => /\.html?$/.test(path);

/** Returns the headers of a file: the defaults for its kind, overridden by each pattern that matches its path. */
export function headersOf(
  path: string,
  kind: FileKind,
  overrides: Readonly<Record<string, SiteFileHeaders>> = {},
): SiteFileHeaders {
  const defaults: SiteFileHeaders = {
    contentType: STANDARD_TYPES[basename(path)] || contentType(extname(path)) || 'application/octet-stream',
    cacheControl: kind === 'hashed' ? IMMUTABLE : mustRevalidate(path, kind) ? REVALIDATE : SHORT_LIVED,
  };
  const matching = Object.entries(overrides).filter(([pattern]) => matches(pattern, path));
  return Object.assign({}, defaults, ...matching.map(([, headers]) => headers));
}

function mustRevalidate(path: string, kind: FileKind): boolean {
  return kind === 'page' || path === CONFIGURATION_FILE;
}
