import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { correlated } from './correlation.js';
import { idempotency } from './idempotency.js';
import { type Clients, connection, type Needs } from './need.js';
import { once } from './once.js';
import { REQUESTS } from './sdk.js';

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

const documents = /* @__PURE__ */ once(() => DynamoDBDocumentClient.from(new DynamoDBClient(REQUESTS)));

/**
 * Does work at set times: the handler of a `CronJob`.
 *
 * Each time runs once although schedules may fire twice, and never two at once: a run that would overlap fails, is
 * tried again one and two minutes later, and in the end lands in the failure queue. A run that fails is tried again,
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
  const logger = new Logger();
  const connected = connection(needs);
  const remembered = connection(RUNS);

  async function runOnce(event: ScheduledEvent, context: Context): Promise<void> {
    logger.addContext(context);
    const { runs } = remembered();
    const scheduledTime = timeOf(event);
    const time = scheduledTime.toISOString();
    const work = () => run({ scheduledTime }, connected(), context);
    try {
      const alone = () => withLock(runs.tableName, time, context, work);
      await correlated(`${context.functionName} ${time}`, () => runs.run(time, alone, context));
    } catch (error) {
      logger.error('The job has failed', { error: error as Error, scheduledTime: time });
      throw error;
    }
  }

  return Object.assign(runOnce, {
    needs,
    with: (own: Clients<N>) => async (event: ScheduledEvent, context?: Context) =>
      run({ scheduledTime: timeOf(event) }, own, context ?? ({} as Context)),
  });
}

function timeOf({ scheduledTime }: ScheduledEvent): Date {
  const time = scheduledTime === undefined ? new Date() : new Date(scheduledTime);
  if (!Number.isNaN(time.getTime())) return time;
  throw new Error(`\`scheduledTime\` must be a date and time (ISO 8601), got "${scheduledTime}"`);
}

/** Holds the function's lock while it works; a run that was cut off holds it until its time would have been up. */
async function withLock(
  TableName: string,
  occasion: string,
  context: Context,
  work: () => Promise<void>,
): Promise<void> {
  const id = `${context.functionName}#running`;
  const now = Date.now();
  const until = now + context.getRemainingTimeInMillis();
  const lock = new PutCommand({
    TableName,
    Item: { id, occasion, until, expiration: Math.ceil(until / 1000) },
    ConditionExpression: 'attribute_not_exists(id) OR #until < :now',
    ExpressionAttributeNames: { '#until': 'until' },
    ExpressionAttributeValues: { ':now': now },
  });
  if (!(await holds(lock))) throw new JobOverlapError(occasion);
  try {
    await work();
  } finally {
    // Only what is its own still: after its time another run may have the lock.
    const condition = {
      ConditionExpression: 'occasion = :occasion',
      ExpressionAttributeValues: { ':occasion': occasion },
    };
    await holds(new DeleteCommand({ TableName, Key: { id }, ...condition }));
  }
}

/** Does a conditional write. @returns whether the condition held */
async function holds(command: PutCommand | DeleteCommand): Promise<boolean> {
  try {
    await documents().send(command as PutCommand);
    return true;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
