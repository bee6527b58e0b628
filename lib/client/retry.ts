import { takesKey } from '../contract/idempotency-key.js';
import type { Method, Operation } from '../contract/operation.js';

/** Statuses of transient failures. */
const TRANSIENT: readonly number[] = [429, 502, 503, 504];

/** Methods that are not idempotent. https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2 */
const NOT_IDEMPOTENT: readonly Method[] = ['POST', 'PATCH'];

/** Returns true for idempotent calls, which are safe to repeat. */
export function isRepeatable(operation: Operation): boolean {
  return takesKey(operation) || !NOT_IDEMPOTENT.includes(operation.method);
}

/**
 * Returns the milliseconds to wait before a retry; `undefined` for a response that should not be retried. The delay is
 * random, up to 0.2 s, 0.4 s, 0.8 s ..., so that clients that failed together do not retry together, and at least the
 * server's `Retry-After`.
 *
 * @param outcome the response, or `undefined` without one
 * @param attempt 0 for the first attempt
 * @param inProgress true if the first request with the key is still running
 */
export function retryDelay(
  outcome: Response | undefined,
  attempt: number,
  inProgress: boolean,
): number | undefined {
  if (outcome && !inProgress && !TRANSIENT.includes(outcome.status)) return undefined;
  const backoff = Math.random() * Math.min(5000, 200 * 2 ** attempt);
  return Math.max(backoff, retryAfter(outcome?.headers.get('retry-after') ?? ''));
}

/** Returns the milliseconds of a `Retry-After` header, which has seconds or a date. */
function retryAfter(header: string): number {
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(wait) ? 0 : Math.max(0, wait);
}

/** Waits. @throws the signal's reason if it aborts first */
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
