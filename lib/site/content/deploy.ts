import { createHash } from 'node:crypto';
import type { SiteFile } from './archive.js';
import { type FileKind, headersOf, kindOf } from './file-headers.js';
import type { Store, StoredFile } from './store.js';

/** Result of a deployment. */
export interface Deployed {
  readonly uploaded: readonly string[];
  readonly deleted: readonly string[];
  /** Paths to invalidate, for which a cache may have another version. */
  readonly stale: readonly string[];
}

export interface DeployOptions {
  readonly hashedFolders: readonly string[];
  readonly keepReplacedDays: number;
  readonly now: Date;
}

/** Order of uploads. Pages are last: their assets exist first, and an earlier failure leaves the pages unchanged. */
const ORDER: readonly FileKind[] = ['hashed', 'other', 'page'];

/** Concurrent uploads; more would mainly use more memory. */
const CONCURRENCY = 8;

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
  const kind = (path: string) => kindOf(path, options.hashedFolders);
  const stored: Record<string, StoredFile> = {};
  const uploaded: string[] = [];
  for (const current of ORDER) {
    const ofKind = files.filter(({ path }) => kind(path) === current);
    await forEachConcurrently(ofKind, async ({ path, content }) => {
      const [bytes, headers] = [await content(), headersOf(path, current)];
      const hash = createHash('sha256').update(JSON.stringify(headers)).update(bytes).digest('base64');
      const file = previous.files[path];
      const isUnchanged = file?.hash === hash && file.etag === present.get(path);
      stored[path] = isUnchanged ? file : { hash, etag: await store.put(path, bytes, headers) };
      if (!isUnchanged) uploaded.push(path);
    });
  }
  const removed = [...present.keys()].filter((path) => !(path in stored));
  const { deleted, replaced } = expire(removed, previous.replaced, kind, options);
  await store.delete(deleted);
  await store.saveState({ files: stored, replaced });
  const stale = [
    ...uploaded.filter((path) => present.has(path)),
    ...deleted.filter((path) => kind(path) !== 'hashed'),
  ];
  return { uploaded: uploaded.sort(), deleted: deleted.sort(), stale: stale.sort() };
}

/** Separates removed files into those to delete now and those to keep, with the time of their removal. */
function expire(
  removed: readonly string[],
  times: Readonly<Record<string, string>>,
  kind: (path: string) => FileKind,
  { keepReplacedDays, now }: DeployOptions,
): { deleted: string[]; replaced: Record<string, string> } {
  const deleted: string[] = [];
  const replaced: Record<string, string> = {};
  for (const path of removed) {
    const since = times[path] ?? now.toISOString();
    const isKept = kind(path) === 'hashed' && now.getTime() - Date.parse(since) < keepReplacedDays * DAY;
    if (isKept) replaced[path] = since;
    else deleted.push(path);
  }
  return { deleted, replaced };
}

/** Processes items concurrently, and starts no further item after a failure. */
async function forEachConcurrently<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const pending = [...items];
  const worker = async () => {
    for (let item = pending.shift(); item !== undefined; item = pending.shift()) await work(item);
  };
  const workers = Array.from({ length: CONCURRENCY }, () =>
    worker().catch((error) => {
      pending.length = 0;
      throw error;
    }),
  );
  const results = await Promise.allSettled(workers);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
