import { extname } from 'node:path';
import { contentType } from 'mime-types';
import { CONFIGURATION_FILE } from './request.js';

/** How a file is treated: in which order it is put in place, and how long others may keep it. */
export type FileKind = 'hashed' | 'other' | 'page';

/** A year, the longest that HTTP caches are meant to keep anything (RFC 9111). */
const FOR_EVER = 'public, max-age=31536000, immutable';
/** May be kept, and must be asked for every time: the answer is mostly "not modified". */
const ASK_ALWAYS = 'no-cache';
/** CloudFront is told of changes and may keep it longer than a browser, which is not. */
const SHORTLY = 'public, max-age=300, s-maxage=86400';

/**
 * Whether a name carries a hash, as bundlers write it: `index-B7xK9f2a.js`. A word in lower case is none
 * (`hero-background.png`): to take it for one would keep browsers from ever seeing its next version.
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
    cacheControl: kind === 'hashed' ? FOR_EVER : changesAtOnce(path, kind) ? ASK_ALWAYS : SHORTLY,
  };
}

function changesAtOnce(path: string, kind: FileKind): boolean {
  return kind === 'page' || path === CONFIGURATION_FILE;
}
