import { createHash } from 'node:crypto';
import {
  IdempotencyAlreadyInProgressError,
  IdempotencyResultNotKeptError,
} from '../idempotency/idempotency-errors.js';
import { keep } from '../idempotency/kept-result.js';
import { assertKey } from '../idempotency/key.js';
import type { Remembered } from '../idempotency/remembered.js';
import { type ExistingWork, WorkRecord } from '../idempotency/work-record.js';
import { logger } from '../logger.js';
import type { Need } from './need.js';

/** A table that records finished work, so that work is not repeated. */
export interface IdempotencyClient {
  readonly tableName: string;
  /**
   * Runs work unless it was done before, and returns its result, in the second case the recorded one. Both have the
   * same form, see `Remembered`: a Date is a Date, a class instance is its plain data. If the work throws, nothing is
   * recorded, and the work can be repeated.
   *
   * While it runs, the function holds a lease on the key. The lease ends 45 s after a crash, and 1 s after the end of
   * the invocation's time: a repetition then runs the work.
   *
   * @param key a string that identifies the work, such as an event's id; keys of different functions are independent
   * @throws Error before the work if the key is not a string or is empty
   * @throws IdempotencyAlreadyInProgressError while another invocation does the same work
   * @throws IdempotencyResultNotKeptError if the work was done before, but its result could not be recorded: over
   *   390 KB when compressed, or a function, a stream, or an instance with private state. The first call returns it
   *   unchanged, and logs a warning
   */
  run<Result>(key: string, work: () => Promise<Result>): Promise<Remembered<Result>>;
}

/** Options of `idempotency`. */
export interface IdempotencyOptions {
  /**
   * Seconds for which finished work is recorded.
   * @default 172800: two days. EventBridge delivers for a day at most, and Lambda retries for six hours after that
   */
  readonly expiresAfterSeconds?: number;
}

const TWO_DAYS = 2 * 24 * 60 * 60;

/**
 * Need to run work once although it is requested several times, as with events and messages, which are delivered at
 * least once. In `consume` and `worker` no call is necessary: each event or message is handled once. Elsewhere call
 * `run`.
 *
 * It needs no binding: the stack gets a table (`IdempotencyTable`), unless `bind` has one.
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
  const result = await runOrAbandon(record, work);
  const kept = keep(result);
  if ('reason' in kept) warn(key, kept.reason);
  let earlier: ExistingWork | undefined;
  try {
    earlier = await record.finish(kept);
  } catch (error) {
    // An error would make the caller repeat finished work.
    logger().error('Finished work could not be recorded: a repetition will run it again', {
      error: error as Error,
      key,
    });
  }
  // If another invocation finished the work first, all callers get its result.
  const first = earlier?.status === 'done' ? earlier.result : kept;
  return ('value' in first ? first.value() : result) as Remembered<Result>;
}

async function runOrAbandon<Result>(record: WorkRecord, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    try {
      await record.abandon();
    } catch (failure) {
      // The lease expires, and the error of the work matters more.
      logger().warn('The lease of failed work could not be released', { error: failure as Error });
    }
    throw error;
  }
}

function resultOf<Result>(key: string, existing: ExistingWork): Remembered<Result> {
  if (existing.status === 'done') {
    if ('reason' in existing.result) throw new IdempotencyResultNotKeptError(key, existing.result.reason);
    return existing.result.value() as Remembered<Result>;
  }
  const endsAt = existing.status === 'running' ? existing.endsAt : Date.now();
  throw new IdempotencyAlreadyInProgressError(key, endsAt - Date.now());
}

function warn(key: string, reason: string): void {
  logger().warn('The result of finished work was not recorded: a repetition gets an error instead', {
    key,
    reason,
  });
}

/**
 * Returns the record's id. It has the function's name and not that of the work, which a bundler may change: the record
 * would be lost. The form is that of Powertools, so that records of earlier versions are recognized.
 */
function idOf(key: string): string {
  const hash = createHash('md5').update(JSON.stringify(key)).digest('base64');
  return `${process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'local'}#${hash}`;
}
