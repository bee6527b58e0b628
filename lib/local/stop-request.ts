import { setTimeout as sleep } from 'node:timers/promises';
import { callControl } from './control.js';
import type { Instance } from './instance.js';

/** It drains for 10 s, saves, and reads the save back. */
const STOPS_WITHIN = 90_000;
const RESPONDS_WITHIN = 5_000;
/** Most stops are over before. */
const FIRST_LINE_AFTER = 1_000;
const REPEATED_AFTER = 5_000;
const MAX_KINDS = 4;

/** Work under way, by its kind: `{ "invocation of Pay": 2 }`. */
export type Work = Readonly<Record<string, number>>;

/** What an emulator says of its own end. */
export interface StopResponse {
  readonly unfinished?: Work;
  readonly reason?: string;
}

/** What an emulator waits for while it stops; null before and after. */
type Drain = { readonly waitsFor: Work; readonly secondsLeft: number } | null;

/** Asks an emulator to stop, and logs what it waits for. */
export async function requestStop(instance: Instance, log?: (line: string) => void): Promise<StopResponse> {
  const ended = new AbortController();
  const lines = log ? logDrain(instance, log, ended.signal) : undefined;
  try {
    const response = await callControl(instance, '/_trellis/stop', { method: 'POST', timeout: STOPS_WITHIN });
    return (await response.json()) as StopResponse;
  } catch (error) {
    return { reason: `it did not respond to the request to stop (${(error as Error).message})` };
  } finally {
    ended.abort();
    await lines;
  }
}

async function logDrain(instance: Instance, log: (line: string) => void, ended: AbortSignal): Promise<void> {
  let last = { work: '', at: 0 };
  try {
    for (;;) {
      await sleep(FIRST_LINE_AFTER, undefined, { signal: ended });
      const response = await callControl(instance, '/_trellis/drain', { timeout: RESPONDS_WITHIN });
      const drain = (await response.json()) as Drain;
      const work = drain ? describeWork(drain.waitsFor) : '';
      if (!drain || !work || ended.aborted) continue;
      if (work === last.work && Date.now() - last.at < REPEATED_AFTER) continue;
      log(`Waiting for ${work} (${Math.ceil(drain.secondsLeft)} s left)`);
      last = { work, at: Date.now() };
    }
  } catch {
    // The stop is over, or says itself why it is not.
  }
}

/** Work in words, as in "2 executions of OrderSaga and 1 invocation of Pay"; empty without work. */
export function describeWork(work: Work): string {
  const kinds = Object.entries(work).sort(([, one], [, other]) => other - one);
  const words = kinds
    .slice(0, MAX_KINDS)
    .map(([kind, count]) => `${count} ${count === 1 ? kind : plural(kind)}`);
  const others = kinds.slice(MAX_KINDS).reduce((sum, [, count]) => sum + count, 0);
  if (others > 0) words.push(`${others} more`);
  const last = words.pop();
  return words.length > 0 ? `${words.join(', ')} and ${last}` : (last ?? '');
}

function plural(kind: string): string {
  return kind.replace(/^\w+/, (noun) => (noun.endsWith('ch') ? `${noun}es` : `${noun}s`));
}
