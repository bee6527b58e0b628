import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ProjectState, readJson } from './project-state.js';
import { describeWork, type StopResponse, type Work } from './stop-request.js';

/** The end of a local cloud, and what the next start will have. */
export interface StopReport {
  /** Whether everything that was acknowledged is saved, and the save was read back. */
  readonly kept: boolean;
  /** When it was saved last. */
  readonly savedAt?: Date;
  /** Why the last save failed. */
  readonly reason?: string;
  /** Work that did not end in time, by its kind: it starts again, or was never acknowledged. */
  readonly unfinished: Work;
}

/** A save's list, as the emulator writes it. */
interface Save {
  readonly takenAt: number;
  readonly instance: string;
  /** The last one of a cloud that was stopped; it was read back. */
  readonly final: boolean;
  readonly failed: Readonly<Record<string, string>>;
}

/** The newest save on the disk, whatever the emulator says. */
export function newestSave({ dataDir }: Pick<ProjectState, 'dataDir'>): Save | undefined {
  const folder = join(dataDir, 'saves');
  if (!existsSync(folder)) return undefined;
  const newest = readdirSync(folder)
    .filter((name) => /^\d{12}\.json$/.test(name))
    .sort()
    .at(-1);
  return newest === undefined ? undefined : readJson<{ save: Save }>(join(folder, newest))?.save;
}

/** The report of an emulator that has ended: what it said itself counts only when the files agree. */
export function reportOfEnd(
  state: Pick<ProjectState, 'dataDir'>,
  instance: string,
  said: StopResponse = {},
): StopReport {
  const save = newestSave(state);
  const kept = save?.instance === instance && save.final && Object.keys(save.failed).length === 0;
  return {
    kept,
    unfinished: said.unfinished ?? {},
    ...(save && { savedAt: new Date(save.takenAt * 1000) }),
    ...(!kept && { reason: said.reason ?? 'it ended before it could save' }),
  };
}

/** What a start has loaded, as the emulator says. */
export interface Loaded {
  /** Seconds since 1970; null when nothing was saved yet. */
  readonly savedAt?: number | null;
  readonly stopped?: boolean;
  readonly lastChange?: number;
  readonly damaged?: readonly { readonly reason: string }[];
}

/** What a person should know of it; undefined when the last end was a stop and everything is there. */
export function describeLoaded({
  savedAt,
  stopped,
  lastChange = 0,
  damaged = [],
}: Loaded): string | undefined {
  if (savedAt === undefined) return undefined;
  if (savedAt === null)
    return 'The last local cloud was killed before it saved anything: what it held is lost.';
  const at = timeOf(new Date(savedAt * 1000));
  const gap = Math.max(0, lastChange - savedAt);
  const lost =
    gap === 0 ? 'Nothing changed after it' : `What changed in the ${seconds(gap)} after it is lost`;
  if (damaged.length > 0)
    return `The newest save of the local cloud is damaged (${damaged[0]?.reason}). The one before is used, of ${at}. ${lost}.`;
  return stopped
    ? undefined
    : `The last local cloud was killed instead of stopped. Its last save was at ${at}. ${lost}.`;
}

/** What a person should know of an end. */
export function describeEnd({ kept, savedAt, reason, unfinished }: StopReport): string {
  const work = describeWork(unfinished);
  const open = work
    ? `\n${work} did not end in time: messages, events and executions start again; a request without a response has to be repeated.`
    : '';
  if (kept) return `The local cloud is stopped. What it holds is saved for the next start.${open}`;
  const next = savedAt
    ? `The next start has what was saved at ${timeOf(savedAt)}; what changed since then is lost.`
    : 'Nothing was saved: the next start is empty.';
  return `The local cloud is stopped, but its last save failed: ${reason}.\n${next}${open}`;
}

export function timeOf(date: Date): string {
  return date.toTimeString().slice(0, 8);
}

function seconds(gap: number): string {
  return gap < 90 ? `${Math.max(0.1, gap).toFixed(1)} s` : `${Math.ceil(gap / 60)} min`;
}
