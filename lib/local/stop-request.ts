import { setTimeout as sleep } from 'node:timers/promises';
import { callControl } from './control.js';
import type { Instance } from './instance.js';

/** Timeout of a stop: the emulator drains for 10 s, saves, and reads the save back. */
const STOP_TIMEOUT_MS = 90_000;
const REQUEST_TIMEOUT_MS = 5_000;
/** Delay of the first line: most stops take less. */
const FIRST_LINE_MS = 1_000;
const REPEAT_MS = 5_000;
const MAX_KINDS = 4;

/** Unfinished work by kind: `{ "invocation of Pay": 2 }`. */
export type Work = Readonly<Record<string, number>>;

/** Response of an emulator to the request to stop. */
export interface StopResponse {
  readonly unfinished?: Work;
  readonly reason?: string;
}

/** Work that an emulator waits for while it stops; null before and after. */
type Drain = { readonly waitsFor: Work; readonly secondsLeft: number } | null;

/** Requests the stop of an emulator, and logs the work that it waits for. */
export async function requestStop(instance: Instance, log?: (line: string) => void): Promise<StopResponse> {
  const ended = new AbortController();
  const lines = log ? logDrain(instance, log, ended.signal) : undefined;
  try {
    const response = await callControl(instance, '/_trellis/stop', {
      method: 'POST',
      timeout: STOP_TIMEOUT_MS,
    });
    return (await response.json()) as StopResponse;
  } catch (error) {
    return { reason: `it did not respond to the request to stop (${(error as Error).message})` };
  } finally {
    ended.abort();
    await lines;
  }
}

async function logDrain(instance: Instance, log: (line: string) => void, ended: AbortSignal): Promise<void> {
  let last = { work: '', time: 0 };
  try {
    for (;;) {
      await sleep(FIRST_LINE_MS, undefined, { signal: ended });
      const response = await callControl(instance, '/_trellis/drain', { timeout: REQUEST_TIMEOUT_MS });
      const drain = (await response.json()) as Drain;
      const work = drain ? describeWork(drain.waitsFor) : '';
      if (!drain || !work || ended.aborted) continue;
      if (work === last.work && Date.now() - last.time < REPEAT_MS) continue;
      log(`Waiting for ${work} (${Math.ceil(drain.secondsLeft)} s left)`);
      last = { work, time: Date.now() };
    }
  } catch {
    // The stop has ended, or reports its own error.
  }
}

/** Describes work, as in "2 executions of OrderSaga and 1 invocation of Pay"; empty without work. */
export function describeWork(work: Work): string {
  const kinds = Object.entries(work).sort(([, a], [, b]) => b - a);
  const words = kinds
    .slice(0, MAX_KINDS)
    .map(([kind, count]) => `${count} ${count === 1 ? kind : plural(kind)}`);
  const rest = kinds.slice(MAX_KINDS).reduce((sum, [, count]) => sum + count, 0);
  if (rest > 0) words.push(`${rest} more`);
  const last = words.pop();
  return words.length > 0 ? `${words.join(', ')} and ${last}` : (last ?? '');
}

function plural(kind: string): string {
  return kind.replace(/^\w+/, (noun) => (noun.endsWith('ch') ? `${noun}es` : `${noun}s`));
}
