import { randomUUID } from 'node:crypto';
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MILLISECONDS, type Entry, STAMPS } from './cache-entry.js';
import { readJson, writeJson } from './json-file.js';

/** What nobody has used this long is not needed any more: a month covers holidays and branches that rest. */
const MAX_DAYS = 30;

/** More than any project needs at a time, and little for a disk. */
const MAX_BYTES = 1024 ** 3;

/** A file whose time says when this was last done. */
const MARK = 'pruned';

/**
 * Removes from a project's cache what was not used for a month, and what was used least recently if there is too
 * much. Once a day at most.
 *
 * A synth that runs meanwhile loses nothing: what it uses was marked as used today before, and what it has just built
 * is new.
 */
export function pruneCache(folder: string): void {
  const now = Date.now();
  const mark = join(folder, MARK);
  const last = statSync(mark, { throwIfNoEntry: false })?.mtimeMs;
  if (last !== undefined && now - last < DAY_MILLISECONDS) return;
  writeFileSync(mark, '');
  if (last === undefined) return;
  const kept = pruneIndexes(folder, Math.floor(now / DAY_MILLISECONDS));
  // The next synth reads its files once more, and forgets those that are gone.
  rmSync(join(folder, STAMPS), { force: true });
  for (const place of [folder, join(folder, 'built')]) {
    for (const name of readdirSync(place)) {
      const { atimeMs, mtimeMs } = statSync(join(place, name));
      const isOld = now - Math.max(atimeMs, mtimeMs) > DAY_MILLISECONDS;
      if (isOld && (isDraft(name) || (isBuilt(name) && !kept.has(name)))) remove(place, name);
    }
  }
}

/** What an interrupted synth has left half done. */
function isDraft(name: string): boolean {
  return /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
}

function isBuilt(name: string): boolean {
  return /^[0-9a-f]{64}(\.zip)?$/.test(name);
}

/** In one step, so that nobody finds half of it. */
function remove(place: string, name: string): void {
  const draft = join(place, `.${randomUUID()}`);
  renameSync(join(place, name), draft);
  rmSync(draft, { recursive: true, force: true });
}

/** @returns the names of the built archives and folders that are still of use */
function pruneIndexes(folder: string, today: number): Set<string> {
  const files = readdirSync(folder).filter((name) => /^index-[0-9a-f]+\.json$/.test(name));
  const indexes = files.map((name) => {
    const file = join(folder, name);
    return { file, entries: Object.entries(readJson<Record<string, Entry>>(file) ?? {}) };
  });
  const oldest = Math.max(today - MAX_DAYS, firstDayThatFits(indexes.flatMap(({ entries }) => entries)));
  const kept = new Set<string>();
  for (const { file, entries } of indexes) {
    // What a synth of today uses stays, however large it is.
    const current = entries.filter(([, { used }]) => used >= Math.min(oldest, today - 1));
    for (const [, { artifact }] of current) if (artifact) kept.add(artifact.name);
    if (current.length === 0) rmSync(file);
    else if (current.length < entries.length) writeJson(file, Object.fromEntries(current));
  }
  return kept;
}

/** The day from which on all that was used fits. */
function firstDayThatFits(entries: [string, Entry][]): number {
  const seen = new Set<string>();
  let bytes = 0;
  for (const [, { used, artifact }] of entries.sort(([, a], [, b]) => b.used - a.used)) {
    if (!artifact || seen.has(artifact.name)) continue;
    seen.add(artifact.name);
    bytes += artifact.bytes;
    if (bytes > MAX_BYTES) return used + 1;
  }
  return 0;
}
