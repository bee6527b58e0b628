import { createHash } from 'node:crypto';
import type { SiteFile } from './archive.js';
import { type FileKind, headersOf, kindOf } from './file-headers.js';
import type { Store, StoredFile } from './store.js';

/** What changed, for the log and for what caches are told. */
export interface Deployed {
  readonly uploaded: readonly string[];
  readonly deleted: readonly string[];
  /** Paths under which a cache may hold something else than what is there now. */
  readonly stale: readonly string[];
}

export interface DeployOptions {
  readonly hashedFolders: readonly string[];
  readonly keepReplacedDays: number;
  readonly now: Date;
}

/** Pages come last: when one is there, all that it refers to is there, and whatever fails before leaves them as they were. */
const ORDER: readonly FileKind[] = ['hashed', 'other', 'page'];

/** Several uploads at once; more would mostly take memory. */
const AT_ONCE = 8;

const DAY = 24 * 60 * 60 * 1000;

/**
 * Makes the bucket hold the site: uploads what changed and deletes what is gone. Files with hashed names stay for
 * a while, for the pages that are open in browsers and load them later.
 */
export async function deploy(
  store: Store,
  files: readonly SiteFile[],
  options: DeployOptions,
): Promise<Deployed> {
  const [before, present] = await Promise.all([store.state(), store.present()]);
  const kind = (path: string) => kindOf(path, options.hashedFolders);
  const stored: Record<string, StoredFile> = {};
  const uploaded: string[] = [];
  for (const wanted of ORDER) {
    const ofKind = files.filter(({ path }) => kind(path) === wanted);
    await eachOf(ofKind, async ({ path, content }) => {
      const [bytes, headers] = [await content(), headersOf(path, wanted)];
      const hash = createHash('sha256').update(JSON.stringify(headers)).update(bytes).digest('base64');
      const known = before.files[path];
      const isThere = known?.hash === hash && known.etag === present.get(path);
      stored[path] = isThere ? known : { hash, etag: await store.put(path, bytes, headers) };
      if (!isThere) uploaded.push(path);
    });
  }
  const gone = [...present.keys()].filter((path) => !(path in stored));
  const { deleted, replaced } = sortOut(gone, before.replaced, kind, options);
  await store.delete(deleted);
  await store.saveState({ files: stored, replaced });
  const stale = [
    ...uploaded.filter((path) => present.has(path)),
    ...deleted.filter((path) => kind(path) !== 'hashed'),
  ];
  return { uploaded: uploaded.sort(), deleted: deleted.sort(), stale: stale.sort() };
}

/** Which of the files that are no longer part of the site go now. */
function sortOut(
  gone: readonly string[],
  known: Readonly<Record<string, string>>,
  kind: (path: string) => FileKind,
  { keepReplacedDays, now }: DeployOptions,
): { deleted: string[]; replaced: Record<string, string> } {
  const deleted: string[] = [];
  const replaced: Record<string, string> = {};
  for (const path of gone) {
    const since = known[path] ?? now.toISOString();
    const isKept = kind(path) === 'hashed' && now.getTime() - Date.parse(since) < keepReplacedDays * DAY;
    if (isKept) replaced[path] = since;
    else deleted.push(path);
  }
  return { deleted, replaced };
}

/** Stops taking up items when one has failed. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  const workers = Array.from({ length: AT_ONCE }, () =>
    worker().catch((error) => {
      left.length = 0;
      throw error;
    }),
  );
  const ended = await Promise.allSettled(workers);
  const failed = ended.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}
