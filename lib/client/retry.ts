import { takesKey } from '../contract/idempotency.js';
import type { Method, Operation } from '../contract/operation.js';

/** Statuses that tell of a moment, not of the request. */
const PASSING: readonly number[] = [429, 502, 503, 504];

/** Methods with an effect each time. https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2 */
const EFFECTIVE: readonly Method[] = ['POST', 'PATCH'];

/** Whether a call may be repeated: it has the effect of one, however often it arrives. */
export function isRepeatable(operation: Operation): boolean {
  return takesKey(operation) || !EFFECTIVE.includes(operation.method);
}

/**
 * How many milliseconds to wait before the call is repeated; `undefined` when it is not worth it. It is a random time up
 * to 0.2 s, 0.4 s, 0.8 s ..., so that clients that were refused together do not come back together, and not before the
 * server wants it (`Retry-After`).
 *
 * @param outcome the response, or `undefined` when there was none
 * @param attempt 0 for the first one
 * @param inProgress whether it is to be repeated because the first request with its key has not ended
 */
export function retryDelay(
  outcome: Response | undefined,
  attempt: number,
  inProgress: boolean,
): number | undefined {
  if (outcome && !inProgress && !PASSING.includes(outcome.status)) return undefined;
  const backoff = Math.random() * Math.min(5000, 200 * 2 ** attempt);
  return Math.max(backoff, retryAfter(outcome?.headers.get('retry-after') ?? ''));
}

/** The header has seconds, or a date. */
function retryAfter(header: string): number {
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(wait) ? 0 : Math.max(0, wait);
}

/** @throws the signal's reason when it aborts first */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
