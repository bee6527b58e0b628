import { randomUUID } from 'node:crypto';
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MILLISECONDS, type Entry, STAMPS } from './cache-entry.js';
import { readJson, writeJson } from './json-file.js';

/** Days until an unused result is removed: a month covers holidays and idle branches. */
const MAX_DAYS = 30;

/** More than any project needs at a time, and little disk space. */
const MAX_BYTES = 1024 ** 3;

/** A file whose modification time is the time of the last pruning. */
const MARK = 'pruned';

/**
 * Removes results that were not used for a month from a project's cache, and the least recently used ones if it is too
 * large. Runs once a day at most.
 *
 * A concurrent synth loses nothing: its artifacts are either marked as used today, or new.
 */
export function pruneCache(folder: string): void {
  const now = Date.now();
  const mark = join(folder, MARK);
  const last = statSync(mark, { throwIfNoEntry: false })?.mtimeMs;
  if (last !== undefined && now - last < DAY_MILLISECONDS) return;
  writeFileSync(mark, '');
  if (last === undefined) return;
  const kept = pruneIndexes(folder, Math.floor(now / DAY_MILLISECONDS));
  // The next synth reads all files again and drops the hashes of deleted ones.
  rmSync(join(folder, STAMPS), { force: true });
  for (const place of [folder, join(folder, 'built')]) {
    for (const name of readdirSync(place)) {
      const { atimeMs, mtimeMs } = statSync(join(place, name));
      const isOld = now - Math.max(atimeMs, mtimeMs) > DAY_MILLISECONDS;
      if (isOld && (isDraft(name) || (isBuilt(name) && !kept.has(name)))) remove(place, name);
    }
  }
}

/** Returns true for a partial artifact of an interrupted synth. */
function isDraft(name: string): boolean {
  return /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
}

function isBuilt(name: string): boolean {
  return /^[0-9a-f]{64}(\.zip)?$/.test(name);
}

/** Removes an artifact atomically, by a rename: a concurrent synth never sees part of it. */
function remove(place: string, name: string): void {
  const draft = join(place, `.${randomUUID()}`);
  renameSync(join(place, name), draft);
  rmSync(draft, { recursive: true, force: true });
}

/** @returns the names of the archives and folders to keep */
function pruneIndexes(folder: string, today: number): Set<string> {
  const files = readdirSync(folder).filter((name) => /^index-[0-9a-f]+\.json$/.test(name));
  const indexes = files.map((name) => {
    const file = join(folder, name);
    return { file, entries: Object.entries(readJson<Record<string, Entry>>(file) ?? {}) };
  });
  const oldest = Math.max(today - MAX_DAYS, firstDayThatFits(indexes.flatMap(({ entries }) => entries)));
  const kept = new Set<string>();
  for (const { file, entries } of indexes) {
    // Results that were used today are kept, whatever their size.
    const current = entries.filter(([, { used }]) => used >= Math.min(oldest, today - 1));
    for (const [, { artifact }] of current) if (artifact) kept.add(artifact.name);
    if (current.length === 0) rmSync(file);
    else if (current.length < entries.length) writeJson(file, Object.fromEntries(current));
  }
  return kept;
}

/** Returns the first day from which all used artifacts fit into the limit. */
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
