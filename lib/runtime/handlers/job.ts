import type { Context } from 'aws-lambda';
import { Lease } from '../idempotency/lease.js';
import { invoked } from '../invocation.js';
import { logger } from '../logger.js';
import { idempotency } from '../needs/idempotency.js';
import { type Clients, connection, type Needs } from '../needs/need.js';

/** What a schedule invokes a job with. */
export interface ScheduledEvent {
  /** ISO 8601, UTC. @default - now, for whoever invokes the function by hand */
  readonly scheduledTime?: string;
}

/** One time that a job is to run. */
export interface Occasion {
  /** When it was to run: the same in every attempt, so that what it covers (yesterday, the last hour) is too. */
  readonly scheduledTime: Date;
}

/** The Lambda handler of a schedule. */
export interface JobHandler<N extends Needs> {
  (event: ScheduledEvent, context: Context): Promise<void>;
  /** Only for the compiler: that it is a job. */
  readonly isJob?: true;
  readonly needs: N;
  /** The same handler with clients of your own, for unit tests; it runs whatever else is running. */
  with(clients: Clients<N>): (event: ScheduledEvent, context?: Context) => Promise<void>;
}

/** The job is still running from another occasion. */
export class JobOverlapError extends Error {
  constructor(occasion: string) {
    super(
      `The run of ${occasion} was not started: an earlier one has not ended. Lambda tries twice more, a minute and two later.`,
    );
    this.name = 'JobOverlapError';
  }
}

/** What a job needs besides what its handler says: synth knows it by the name `job`. */
const RUNS = { runs: /* @__PURE__ */ idempotency() };

/** Longer than any run: by then a lock that nobody released may go. */
const LOCK_EXPIRES_AFTER_SECONDS = 60 * 60;

/**
 * Does work at set times: the handler of a `CronJob`.
 *
 * Each time runs once although schedules may fire twice, and never two at once: a run that would overlap fails, is
 * tried again one and two minutes later, and in the end lands in the failure queue. A run that fails or crashes is tried again,
 * so the work must bear being started over.
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
  const remembered = connection(RUNS);

  async function runOnce(event: ScheduledEvent, context: Context): Promise<void> {
    const scheduledTime = timeOf(event);
    const time = scheduledTime.toISOString();
    return invoked(context, `${context.functionName} ${time}`, () => runAt(scheduledTime, time, context));
  }

  async function runAt(scheduledTime: Date, time: string, context: Context): Promise<void> {
    const { runs } = remembered();
    const work = () => run({ scheduledTime }, connected(), context);
    try {
      const alone = () => withLock(runs.tableName, time, context.functionName, work);
      await runs.run(time, alone);
    } catch (error) {
      logger().error('The job has failed', { error: error as Error, scheduledTime: time });
      throw error;
    }
  }

  return Object.assign(runOnce, {
    needs,
    with: (own: Clients<N>) => async (event: ScheduledEvent, context?: Context) =>
      invoked(context, undefined, () =>
        run({ scheduledTime: timeOf(event) }, own, context ?? ({} as Context)),
      ),
  });
}

function timeOf({ scheduledTime }: ScheduledEvent): Date {
  const time = scheduledTime === undefined ? new Date() : new Date(scheduledTime);
  if (!Number.isNaN(time.getTime())) return time;
  throw new Error(`\`scheduledTime\` must be a date and time (ISO 8601), got "${scheduledTime}"`);
}

/** Holds the function's lock while it works. The attributes are those of former versions, so that neither ignores the other. */
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
    // What is not released ends by itself, and must not hide why the run failed.
    await lock.release().catch(() => undefined);
  }
}
