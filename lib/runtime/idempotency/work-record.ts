import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Kept, keptIn } from './kept-result.js';
import { type Item, Lease } from './lease.js';

const UNTIL = 'in_progress_expiration';

/** Maximum duration of an invocation. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_INVOCATION_SECONDS = 15 * 60;

/** Options of a work record. */
export interface WorkOptions {
  readonly tableName: string;
  readonly id: string;
  readonly expiresAfterSeconds: number;
  /** Text that is the same for every request of the same work. @default - the id alone identifies the work */
  readonly fingerprint?: string;
}

/** State of work that was started before. */
export type ExistingWork =
  | { readonly status: 'running'; readonly begunAt: number; readonly endsAt: number }
  /** The id belongs to other work: the fingerprint differs. */
  | { readonly status: 'other' }
  | { readonly status: 'done'; readonly result: Kept };

/**
 * Record of work that is done once, as an item of a table: `INPROGRESS` while a lease holds it, `COMPLETED` with its
 * result afterwards, and removed if the work failed. The attributes are those of Powertools for AWS Lambda, which wrote
 * the items of earlier versions; those are still valid.
 */
export class WorkRecord {
  /** Begins the work, or returns the state of work that was begun before. */
  static async begin(options: WorkOptions): Promise<WorkRecord | ExistingWork> {
    const { tableName, id, expiresAfterSeconds, fingerprint } = options;
    const now = Math.floor(Date.now() / 1000);
    const same = fingerprint === undefined ? '' : ' AND #validation = :validation';
    const held = await Lease.take({
      tableName,
      id,
      until: UNTIL,
      attributes: {
        status: { S: 'INPROGRESS' },
        expiration: { N: String(now + expiresAfterSeconds) },
        begun: { N: String(Date.now()) },
        ...(fingerprint !== undefined && { validation: { S: fingerprint } }),
      },
      free: [
        '#expiration < :seconds',
        `(#status = :inprogress AND #until < :now${same})`,
        // Earlier versions wrote no end if they had no context of the invocation.
        `(#status = :inprogress AND attribute_not_exists(#until) AND #expiration < :abandoned${same})`,
      ].join(' OR '),
      names: {
        '#expiration': 'expiration',
        '#status': 'status',
        '#until': UNTIL,
        ...(fingerprint !== undefined && { '#validation': 'validation' }),
      },
      values: {
        ':seconds': { N: String(now) },
        ':inprogress': { S: 'INPROGRESS' },
        ':abandoned': { N: String(now + expiresAfterSeconds - MAX_INVOCATION_SECONDS) },
        ...(fingerprint !== undefined && { ':validation': { S: fingerprint } }),
      },
    });
    return held instanceof Lease ? new WorkRecord(held, options) : existingWork(held, fingerprint);
  }

  private constructor(
    private readonly lease: Lease,
    private readonly options: WorkOptions,
  ) {}

  /**
   * Records the result, or the reason why it has none.
   *
   * @returns the state of the work if another invocation has finished it first, because this one lost its lease
   */
  async finish(result: Kept): Promise<ExistingWork | undefined> {
    const { expiresAfterSeconds, fingerprint } = this.options;
    const item = await this.lease.finish(
      {
        status: { S: 'COMPLETED' },
        expiration: { N: String(Math.floor(Date.now() / 1000) + expiresAfterSeconds) },
        ...result.attributes,
      },
      {
        condition: '#status = :completed',
        names: { '#status': 'status' },
        values: { ':completed': { S: 'COMPLETED' } },
      },
    );
    return item && existingWork(item, fingerprint);
  }

  /** Removes the record: the work failed and can be repeated. */
  async abandon(): Promise<void> {
    await this.lease.release();
  }
}

function existingWork(item: Item, fingerprint: string | undefined): ExistingWork {
  if (fingerprint !== undefined && item.validation?.S !== fingerprint) return { status: 'other' };
  if (item.status?.S !== 'COMPLETED') {
    const expiration = Number(item.expiration?.N ?? 0) * 1000;
    return {
      status: 'running',
      begunAt: Number(item.begun?.N ?? Date.now()),
      endsAt: Number(item[UNTIL]?.N ?? expiration),
    };
  }
  return { status: 'done', result: keptIn(item) ?? resultOfEarlierVersion(item) };
}

/** Returns the result in an item of an earlier version. */
function resultOfEarlierVersion({ data }: Item): Kept {
  return { attributes: {}, value: () => (data ? unmarshall({ data }).data : undefined) };
}
