import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Kept, keptIn } from './kept-result.js';
import { type Item, Lease } from './lease.js';

const UNTIL = 'in_progress_expiration';
/** No invocation lasts longer. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_INVOCATION_SECONDS = 15 * 60;
export interface WorkOptions {
  readonly tableName: string;
  readonly id: string;
  readonly expiresAfterSeconds: number;
  /** A text that is the same whenever the same work is asked for. @default - the id alone tells */
  readonly fingerprint?: string;
}

/** What is known of work that was begun before. */
export type Known =
  | { readonly status: 'running'; readonly begunAt: number; readonly endsAt: number }
  /** The id stands for other work: the fingerprint differs. */
  | { readonly status: 'other' }
  | { readonly status: 'done'; readonly result: Kept };

/**
 * Work that is done once, as an item of a table: `INPROGRESS` while a lease holds it, `COMPLETED` with its result
 * afterwards, and gone if it failed. The attributes are those of Powertools for AWS Lambda, which wrote the items of
 * former versions; they count like those of this one.
 */
export class WorkRecord {
  /** Begins the work, or returns what is known of it. */
  static async begin(options: WorkOptions): Promise<WorkRecord | Known> {
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
        // Former versions wrote no end for invocations that they did not know.
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
    return held instanceof Lease ? new WorkRecord(held, options) : known(held, fingerprint);
  }

  private constructor(
    private readonly lease: Lease,
    private readonly options: WorkOptions,
  ) {}

  /**
   * Remembers the result, or the reason why it has none.
   *
   * @returns what is known of the work if another invocation has finished it first, because this one lost its lease
   */
  async finish(result: Kept): Promise<Known | undefined> {
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
    return item && known(item, fingerprint);
  }

  /** Forgets the work: it failed and may be done again. */
  async abandon(): Promise<void> {
    await this.lease.release();
  }
}

function known(item: Item, fingerprint: string | undefined): Known {
  if (fingerprint !== undefined && item.validation?.S !== fingerprint) return { status: 'other' };
  if (item.status?.S !== 'COMPLETED') {
    const expiration = Number(item.expiration?.N ?? 0) * 1000;
    return {
      status: 'running',
      begunAt: Number(item.begun?.N ?? Date.now()),
      endsAt: Number(item[UNTIL]?.N ?? expiration),
    };
  }
  return { status: 'done', result: keptIn(item) ?? formerResult(item) };
}

/** The result as former versions remembered it. */
function formerResult({ data }: Item): Kept {
  return { attributes: {}, value: () => (data ? unmarshall({ data }).data : undefined) };
}
