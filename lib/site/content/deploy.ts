import { createHash } from 'node:crypto';
import type { SiteFile } from './archive.js';
import { forEachConcurrently } from './concurrency.js';
import { type FileKind, headersOf, isPage } from './file-headers.js';
import { hashedFiles, mayBeHashed } from './hashed-names.js';
import type { ContentRules } from './request.js';
import type { State, Store, StoredFile } from './store.js';

/** Result of a deployment. */
export interface Deployed {
  readonly uploaded: readonly string[];
  readonly deleted: readonly string[];
  /** Paths to invalidate, for which a cache may have another version. */
  readonly stale: readonly string[];
  /** Files that looked hashed until their content changed under the same name. */
  readonly unhashed: readonly string[];
}

export interface DeployOptions {
  readonly rules: ContentRules;
  readonly keepReplacedDays: number;
  readonly now: Date;
  /** Bytes of contents in memory at the same time. */
  readonly maxBytes: number;
  /** Is called for each file that is in place. */
  readonly onProgress?: () => void;
}

/** Order of uploads. Pages are last: their assets exist first, and an earlier failure leaves the pages unchanged. */
const ORDER: readonly FileKind[] = ['hashed', 'other', 'page'];

const DAY = 24 * 60 * 60 * 1000;

/**
 * Uploads changed files to the bucket and deletes removed ones. Files with hashed names are kept for a while, because
 * pages that are open in browsers may still load them.
 */
export async function deploy(
  store: Store,
  files: readonly SiteFile[],
  options: DeployOptions,
): Promise<Deployed> {
  const [previous, present] = await Promise.all([store.state(), store.present()]);
  const { hashedFolders, fileHeaders } = options.rules;
  const paths = files.map(({ path }) => path);
  const hashed = hashedFiles(paths, hashedFolders);
  const unhashed = new Set(hashedFolders ? [] : previous.unhashed);
  const kindOf = (path: string): FileKind =>
    isPage(path) ? 'page' : hashed.has(path) && !unhashed.has(path) ? 'hashed' : 'other';
  const stored: Record<string, StoredFile> = {};
  const uploaded: string[] = [];
  const upload = async (file: SiteFile): Promise<void> => {
    const { path } = file;
    const bytes = await file.content();
    const content = digest(bytes);
    const before = previous.files[path];
    // The proof that the name has no hash: from now on browsers ask again.
    const isProof = before?.content && before.content !== content && kindOf(path) === 'hashed';
    if (isProof && !hashedFolders) unhashed.add(path);
    const headers = headersOf(path, kindOf(path), fileHeaders);
    const entry = { content, headers: digest(JSON.stringify(headers)) };
    const isUnchanged =
      before?.content === content && before.headers === entry.headers && before.etag === present.get(path);
    stored[path] = isUnchanged ? before : { ...entry, etag: await store.put(path, bytes, headers) };
    if (!isUnchanged) uploaded.push(path);
    options.onProgress?.();
  };
  const ordered = ORDER.map((kind) => files.filter(({ path }) => kindOf(path) === kind));
  for (const group of ordered) await forEachConcurrently(group, options.maxBytes, upload);
  const removed = [...present.keys()].filter((path) => !(path in stored));
  const { deleted, replaced } = expire(removed, previous, options);
  await store.delete(deleted);
  await store.saveState({
    files: stored,
    replaced,
    unhashed: [...unhashed].filter((path) => path in stored),
  });
  const stale = [
    ...uploaded.filter((path) => present.has(path)),
    ...deleted.filter((path) => !(path in previous.replaced)),
  ];
  return {
    uploaded: uploaded.sort(),
    deleted: deleted.sort(),
    stale: stale.sort(),
    unhashed: [...unhashed].filter((path) => !previous.unhashed.includes(path)).sort(),
  };
}

/** Separates removed files into those to delete now and those to keep, with the time of their removal. */
function expire(
  removed: readonly string[],
  previous: State,
  { keepReplacedDays, now, rules: { hashedFolders } }: DeployOptions,
): { deleted: string[]; replaced: Record<string, string> } {
  const hashed = hashedFiles([...removed, ...Object.keys(previous.files)], hashedFolders);
  const deleted: string[] = [];
  const replaced: Record<string, string> = {};
  for (const path of removed) {
    const since = previous.replaced[path] ?? now.toISOString();
    const isCandidate = !isPage(path) && (hashed.has(path) || (!hashedFolders && mayBeHashed(path)));
    const isKept = isCandidate && now.getTime() - Date.parse(since) < keepReplacedDays * DAY;
    if (isKept) replaced[path] = since;
    else deleted.push(path);
  }
  return { deleted, replaced };
}

function digest(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('base64');
}
