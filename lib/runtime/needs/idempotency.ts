import { createHash } from 'node:crypto';
import {
  IdempotencyAlreadyInProgressError,
  IdempotencyResultNotKeptError,
} from '../idempotency/idempotency-errors.js';
import { keep } from '../idempotency/kept-result.js';
import type { Remembered } from '../idempotency/remembered.js';
import { type Known, WorkRecord } from '../idempotency/work-record.js';
import { logger } from '../logger.js';
import type { Need } from './need.js';

/** Remembers what was done, so that it is not done twice. */
export interface IdempotencyClient {
  readonly tableName: string;
  /**
   * Does some work unless it was done before: then its result of that time is returned. Both times it is the same
   * thing, see `Remembered`: a Date is a Date, a class instance is its plain data. If the work throws, nothing is
   * remembered and it may be done again.
   *
   * While it runs, the function holds a lease on the key. It ends 45 s after the function has crashed, and 1 s after
   * the invocation's time is up: a repetition then does the work.
   *
   * @param key a text that stands for the work, such as an event's id; other functions may use the same
   * @throws Error before the work if the key is not a text or is empty
   * @throws IdempotencyAlreadyInProgressError while the same work is being done elsewhere
   * @throws IdempotencyResultNotKeptError if the work was done before, but its result could not be remembered: over
   *   390 KB when compressed, or a function, a stream, or an instance with private state. The first call returns it
   *   as it is, and logs a warning
   */
  run<Result>(key: string, work: () => Promise<Result>): Promise<Remembered<Result>>;
}

export interface IdempotencyOptions {
  /**
   * For how long done work is remembered, in seconds.
   * @default 172800: two days. EventBridge delivers for a day at most, and Lambda retries for six hours after that
   */
  readonly expiresAfterSeconds?: number;
}

const TWO_DAYS = 2 * 24 * 60 * 60;

/**
 * The need to do things once although they are asked for several times, as events and messages are that are delivered
 * at least once. Inside `consume` and `worker` it works by itself: an event or message that was handled is not handled
 * again. Elsewhere call `run`.
 *
 * Nothing is bound to it: the stack gets a table for it (`IdempotencyTable`), unless `bind` has one.
 *
 * @throws Error if `expiresAfterSeconds` is not a positive number
 * @example
 * import { handle, idempotency } from 'cdk-trellis/runtime';
 *
 * export const handler = handle({ once: idempotency() }, async (event: { paymentId: string }, { once }) => {
 *   return once.run(event.paymentId, async () => ({ paid: true, at: new Date() }));
 * });
 */
export function idempotency(
  options: IdempotencyOptions = {},
): Need<'idempotency', 'idempotency', IdempotencyClient> {
  const { expiresAfterSeconds = TWO_DAYS } = options;
  if (!(expiresAfterSeconds > 0 && Number.isFinite(expiresAfterSeconds))) {
    throw new Error(`\`expiresAfterSeconds\` must be a positive number, got ${expiresAfterSeconds}`);
  }
  return {
    kind: 'idempotency',
    access: 'idempotency',
    connect: (tableName) => ({
      tableName,
      run: (key, work) =>
        runOnce({ tableName, expiresAfterSeconds: Math.ceil(expiresAfterSeconds) }, key, work),
    }),
  };
}

async function runOnce<Result>(
  table: { readonly tableName: string; readonly expiresAfterSeconds: number },
  key: string,
  work: () => Promise<Result>,
): Promise<Remembered<Result>> {
  assertKey(key);
  const record = await WorkRecord.begin({ ...table, id: idOf(key) });
  if (!(record instanceof WorkRecord)) return resultOf<Result>(key, record);
  const result = await working(record, work);
  const kept = keep(result);
  if ('reason' in kept) warn(key, kept.reason);
  let other: Known | undefined;
  try {
    other = await record.finish(kept);
  } catch (error) {
    // An error would have the caller repeat work that is done.
    logger().error('Done work could not be remembered: a repetition will do it again', {
      error: error as Error,
      key,
    });
  }
  // Another invocation has finished the work first: everybody gets its result.
  const first = other?.status === 'done' ? other.result : kept;
  return ('value' in first ? first.value() : result) as Remembered<Result>;
}

/** Before the work: without a key, or with one that is `[object Object]`, different work would pass for the same. */
export function assertKey(key: unknown): asserts key is string {
  if (typeof key === 'string' && key !== '') return;
  throw new Error(
    `\`key\` must be a text that is not empty, got ${key === '' ? '""' : typeof key}. Use what stands for the work, such as an event's id.`,
  );
}

async function working<Result>(record: WorkRecord, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    try {
      await record.abandon();
    } catch (failure) {
      // The lease ends by itself; what matters is why the work failed.
      logger().warn('The lease of failed work could not be released', { error: failure as Error });
    }
    throw error;
  }
}

function resultOf<Result>(key: string, found: Known): Remembered<Result> {
  if (found.status === 'done') {
    if ('reason' in found.result) throw new IdempotencyResultNotKeptError(key, found.result.reason);
    return found.result.value() as Remembered<Result>;
  }
  const endsAt = found.status === 'running' ? found.endsAt : Date.now();
  throw new IdempotencyAlreadyInProgressError(key, endsAt - Date.now());
}

function warn(key: string, reason: string): void {
  logger().warn('The result of done work is not kept: a repetition gets an error instead of it', {
    key,
    reason,
  });
}

/**
 * The function's name, and not the work's own, which a bundler may change: what was done would be forgotten. The form
 * is that of Powertools, so that work that former versions have done is known.
 */
function idOf(key: string): string {
  const hash = createHash('md5').update(JSON.stringify(key)).digest('base64');
  return `${process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'local'}#${hash}`;
}
