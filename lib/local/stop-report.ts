import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ProjectState, readJson } from './project-state.js';
import { describeWork, type StopResponse, type Work } from './stop-request.js';

/** Report of the end of a local cloud, with the state that the next start loads. */
export interface StopReport {
  /** True if everything that was acknowledged is saved, and the save was read back. */
  readonly isSaved: boolean;
  /** Time of the last save. */
  readonly savedAt?: Date;
  /** Reason why the last save failed. */
  readonly reason?: string;
  /** Work that did not end in time, by kind: it starts again, or was never acknowledged. */
  readonly unfinished: Work;
}

/** Manifest of a save, as the emulator writes it. */
interface Save {
  readonly takenAt: number;
  readonly instance: string;
  /** True for the last save of a cloud that was stopped; it was read back. */
  readonly final: boolean;
  readonly failed: Readonly<Record<string, string>>;
}

/** Returns the newest save on the disk, independent of the emulator's response. */
export function newestSave({ dataDir }: Pick<ProjectState, 'dataDir'>): Save | undefined {
  const folder = join(dataDir, 'saves');
  if (!existsSync(folder)) return undefined;
  const newest = readdirSync(folder)
    .filter((name) => /^\d{12}\.json$/.test(name))
    .sort()
    .at(-1);
  return newest === undefined ? undefined : readJson<{ save: Save }>(join(folder, newest))?.save;
}

/** Creates the report of an emulator that has ended. Its own response counts only if the files on the disk agree. */
export function createStopReport(
  state: Pick<ProjectState, 'dataDir'>,
  instance: string,
  response: StopResponse = {},
): StopReport {
  const save = newestSave(state);
  const isSaved = save?.instance === instance && save.final && Object.keys(save.failed).length === 0;
  return {
    isSaved,
    unfinished: response.unfinished ?? {},
    ...(save && { savedAt: new Date(save.takenAt * 1000) }),
    ...(!isSaved && { reason: response.reason ?? 'it ended before it could save' }),
  };
}

/** State that a start has loaded, as reported by the emulator. */
export interface LoadedState {
  /** Time of the save in seconds since 1970; null if there was no save. */
  readonly savedAt?: number | null;
  readonly stopped?: boolean;
  readonly lastChange?: number;
  readonly damaged?: readonly { readonly reason: string }[];
}

/** Describes the loss since the last save; undefined if the local cloud was stopped and everything is loaded. */
export function describeLoadedState({
  savedAt,
  stopped,
  lastChange = 0,
  damaged = [],
}: LoadedState): string | undefined {
  if (savedAt === undefined) return undefined;
  if (savedAt === null) return 'The last local cloud was killed before its first save: its data is lost.';
  const time = timeOf(new Date(savedAt * 1000));
  const gap = Math.max(0, lastChange - savedAt);
  const loss = gap === 0 ? 'Nothing changed after it' : `Changes in the ${seconds(gap)} after it are lost`;
  if (damaged.length > 0)
    return `The newest save of the local cloud is damaged (${damaged[0]?.reason}). The previous save is used, of ${time}. ${loss}.`;
  return stopped
    ? undefined
    : `The last local cloud was killed instead of stopped. Its last save was at ${time}. ${loss}.`;
}

/** Describes the end of a local cloud. */
export function describeEnd({ isSaved, savedAt, reason, unfinished }: StopReport): string {
  const work = describeWork(unfinished);
  const interrupted = work
    ? `\n${work} did not end in time: messages, events and executions start again; a request without a response has to be repeated.`
    : '';
  if (isSaved) return `The local cloud is stopped. Its data is saved for the next start.${interrupted}`;
  const next = savedAt
    ? `The next start has the data of ${timeOf(savedAt)}; later changes are lost.`
    : 'No save exists: the next start is empty.';
  return `The local cloud is stopped, but its last save failed: ${reason}.\n${next}${interrupted}`;
}

export function timeOf(date: Date): string {
  return date.toTimeString().slice(0, 8);
}

function seconds(gap: number): string {
  return gap < 90 ? `${Math.max(0.1, gap).toFixed(1)} s` : `${Math.ceil(gap / 60)} min`;
}
