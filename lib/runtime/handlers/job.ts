import type { Context } from 'aws-lambda';
import { Lease } from '../idempotency/lease.js';
import { invoked } from '../invocation.js';
import { logger } from '../logger.js';
import { idempotency } from '../needs/idempotency.js';
import { type Clients, connection, type Needs } from '../needs/need.js';

/** Event with which a schedule invokes a job. */
export interface ScheduledEvent {
  /** ISO 8601, UTC. @default - now, for a function invoked by hand */
  readonly scheduledTime?: string;
}

/** Scheduled run of a job. */
export interface Occasion {
  /** Scheduled time: the same in every attempt, so that the period derived from it (yesterday, the last hour) is the same. */
  readonly scheduledTime: Date;
}

/** The Lambda handler of a schedule. */
export interface JobHandler<N extends Needs> {
  (event: ScheduledEvent, context: Context): Promise<void>;
  /** Marker of a job, for the compiler only. */
  readonly isJob?: true;
  readonly needs: N;
  /** Returns the handler with the given clients, for unit tests; it ignores the lock of other runs. */
  with(clients: Clients<N>): (event: ScheduledEvent, context?: Context) => Promise<void>;
}

/** Error of a run that starts while an earlier run of the job has not ended. */
export class JobOverlapError extends Error {
  constructor(occasion: string) {
    super(
      `The run of ${occasion} was not started: an earlier one has not ended. Lambda retries after one minute, and again after two.`,
    );
    this.name = 'JobOverlapError';
  }
}

/** Needs of every job besides those of its handler: synth knows them by the name `job`. */
const RUNS = { runs: /* @__PURE__ */ idempotency() };

/** Longer than any run: an unreleased lock has expired by then. */
const LOCK_EXPIRES_AFTER_SECONDS = 60 * 60;

/**
 * Runs work at set times: the handler of a `CronJob`.
 *
 * Each scheduled time runs once although a schedule may fire twice, and runs never overlap: an overlapping run fails,
 * is retried after one minute and after two more, and is finally moved to the failure queue. A run that fails or
 * crashes is retried, so the work must be safe to repeat.
 *
 * @param needs an object literal: the construct that deploys the handler reads it from the source
 * @example
 * import { PutObjectCommand } from '@aws-sdk/client-s3';
 * import { bucket, job } from 'cdk-trellis/runtime';
 *
 * export const handler = job({ reports: bucket.write }, async ({ scheduledTime }, { reports }) => {
 *   const Key = `${scheduledTime.toISOString().slice(0, 10)}.json`;
 *   await reports.client.send(new PutObjectCommand({ Bucket: reports.bucketName, Key, Body: '{}' }));
 * });
 */
export function job<const N extends Needs>(
  needs: N,
  run: (occasion: Occasion, clients: Clients<N>, context: Context) => Promise<void>,
): JobHandler<N> {
  const connected = connection(needs);
  const connectedRuns = connection(RUNS);

  async function runOnce(event: ScheduledEvent, context: Context): Promise<void> {
    const scheduledTime = timeOf(event);
    const time = scheduledTime.toISOString();
    return invoked(context, `${context.functionName} ${time}`, () => runAt(scheduledTime, time, context));
  }

  async function runAt(scheduledTime: Date, time: string, context: Context): Promise<void> {
    try {
      const { runs } = connectedRuns();
      const clients = connected();
      const work = () => run({ scheduledTime }, clients, context);
      const exclusive = () => withLock(runs.tableName, time, context.functionName, work);
      await runs.run(time, exclusive);
    } catch (error) {
      logger().error('The job has failed', { error: error as Error, scheduledTime: time });
      throw error;
    }
  }

  return Object.assign(runOnce, {
    needs,
    with: (clients: Clients<N>) => async (event: ScheduledEvent, context?: Context) =>
      invoked(context, undefined, () =>
        run({ scheduledTime: timeOf(event) }, clients, context ?? ({} as Context)),
      ),
  });
}

function timeOf({ scheduledTime }: ScheduledEvent): Date {
  const time = scheduledTime === undefined ? new Date() : new Date(scheduledTime);
  if (!Number.isNaN(time.getTime())) return time;
  throw new Error(`\`scheduledTime\` must be a date and time (ISO 8601), got "${scheduledTime}"`);
}

/** Runs work with the function's lock. The attributes are the same as in earlier versions, so that both respect each other's lock. */
async function withLock(
  tableName: string,
  occasion: string,
  functionName: string,
  work: () => Promise<void>,
): Promise<void> {
  const lock = await Lease.take({
    tableName,
    id: `${functionName}#running`,
    until: 'until',
    attributes: {
      occasion: { S: occasion },
      expiration: { N: String(Math.ceil(Date.now() / 1000) + LOCK_EXPIRES_AFTER_SECONDS) },
    },
    free: '#until < :now',
    names: { '#until': 'until' },
    values: {},
  });
  if (!(lock instanceof Lease)) throw new JobOverlapError(occasion);
  try {
    await work();
  } finally {
    // An unreleased lock expires, and this error must not hide why the run failed.
    await lock.release().catch(() => undefined);
  }
}
