import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { invocationContext } from '../invocation.js';
import { perRegion } from '../per-region.js';
import { bounded, REQUESTS } from '../sdk.js';

/**
 * How long a lease outlives its holder at most, in milliseconds. Lambda invokes a failed asynchronous function again
 * after one minute (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html): by then, what
 * a crash has left is free.
 */
export const LEASE_MS = 45_000;
/** Between renewals: one may fail, and work may block the event loop for 30 s. */
const RENEWAL_MS = 15_000;
/** The clocks of two environments may differ by this. */
const SKEW_MS = 1000;

export type Item = Record<string, AttributeValue>;

export interface LeaseOptions {
  readonly tableName: string;
  /** The value of the partition key `id`. */
  readonly id: string;
  /** The attribute with the end of the lease, in milliseconds since 1970. */
  readonly until: string;
  /** Further attributes of the item, those of its last holder are replaced. */
  readonly attributes: Item;
  /** When the item is free, besides `attribute_not_exists(id)`. `:now` is the time in milliseconds. */
  readonly free: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Item;
}

const clientOf = /* @__PURE__ */ perRegion((place) => bounded(new DynamoDBClient({ ...REQUESTS, ...place })));

/**
 * An item of a table that one invocation holds. The lease ends 45 s after its last renewal, or with the time of the
 * invocation: what a crash or a timeout leaves behind is free again soon, however long the function may run.
 *
 * Renewals come from a timer. Work that blocks the event loop for more than 30 s may lose its lease.
 */
export class Lease {
  /**
   * Takes the item if it is free.
   *
   * @returns the lease, or the item that somebody else holds or has finished
   */
  static async take(options: LeaseOptions): Promise<Lease | Item> {
    for (;;) {
      const lease = new Lease(options, randomUUID(), Date.now() + remainingTime());
      const held = await lease.put();
      if (held === true) return lease;
      // Expired meanwhile: it is free now.
      if (held) return held;
    }
  }

  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly options: LeaseOptions,
    private readonly holder: string,
    private readonly deadline: number,
  ) {}

  /** @returns true, or the item as another one has it */
  private async put(): Promise<true | Item | undefined> {
    const { tableName, id, until, attributes, free, names, values } = this.options;
    const now = Date.now();
    const command = new PutItemCommand({
      TableName: tableName,
      Item: {
        ...attributes,
        id: { S: id },
        holder: { S: this.holder },
        [until]: { N: String(this.endFrom(now)) },
      },
      ConditionExpression: `attribute_not_exists(#id) OR ${free}`,
      ExpressionAttributeNames: { '#id': 'id', ...names },
      ExpressionAttributeValues: { ':now': { N: String(now) }, ...values },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    const refused = await refusal(clientOf(tableName).send(command));
    // The SDK repeats a write whose answer was lost: the item that it meets then is its own.
    if (refused && refused.Item?.holder?.S !== this.holder) return refused.Item;
    this.timer = setInterval(() => void this.renew(), RENEWAL_MS);
    this.timer.unref();
    return true;
  }

  private endFrom(now: number): number {
    return Math.min(now + LEASE_MS, this.deadline + SKEW_MS);
  }

  /** A renewal that fails is tried again with the next one. */
  private async renew(): Promise<void> {
    const { tableName, id, until } = this.options;
    const now = Date.now();
    // The work went on after its invocation had returned: nobody waits for it.
    if (now > this.deadline) return this.stop();
    const command = new UpdateItemCommand({
      TableName: tableName,
      Key: { id: { S: id } },
      UpdateExpression: 'SET #until = :until',
      ConditionExpression: 'holder = :holder',
      ExpressionAttributeNames: { '#until': until },
      ExpressionAttributeValues: {
        ':until': { N: String(this.endFrom(now)) },
        ':holder': { S: this.holder },
      },
    });
    try {
      if (await refusal(clientOf(tableName).send(command))) this.stop();
    } catch {
      // The lease lasts for two more renewals.
    }
  }

  private stop(): void {
    clearInterval(this.timer);
  }

  /** Ends the lease by removing the item, unless another one holds it now. */
  async release(): Promise<void> {
    this.stop();
    const { tableName, id } = this.options;
    const command = new DeleteItemCommand({
      TableName: tableName,
      Key: { id: { S: id } },
      ConditionExpression: 'holder = :holder',
      ExpressionAttributeValues: { ':holder': { S: this.holder } },
    });
    await refusal(clientOf(tableName).send(command));
  }

  /**
   * Ends the lease by turning the item into what remains.
   *
   * @param attributes what the item has from now on, besides those it was taken with
   * @param unless a condition under which another one has finished it already; it then stays as it is
   * @returns the item that another one has finished
   */
  async finish(
    attributes: Item,
    unless: { condition: string; names: Readonly<Record<string, string>>; values: Item },
  ): Promise<Item | undefined> {
    this.stop();
    const { tableName, id, until } = this.options;
    // All of them: whatever became of the item, it is whole afterwards.
    const entries = Object.entries({ ...this.options.attributes, ...attributes });
    const command = new UpdateItemCommand({
      TableName: tableName,
      Key: { id: { S: id } },
      UpdateExpression: `SET ${entries.map((_, at) => `#a${at} = :a${at}`).join(', ')} REMOVE #until, holder`,
      ConditionExpression: `NOT (${unless.condition})`,
      ExpressionAttributeNames: {
        '#until': until,
        ...Object.fromEntries(entries.map(([name], at) => [`#a${at}`, name])),
        ...unless.names,
      },
      ExpressionAttributeValues: {
        ...Object.fromEntries(entries.map(([, value], at) => [`:a${at}`, value])),
        ...unless.values,
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return (await refusal(clientOf(tableName).send(command)))?.Item;
  }
}

/** Outside of an invocation the time has no end. */
function remainingTime(): number {
  return invocationContext()?.getRemainingTimeInMillis() ?? Number.MAX_SAFE_INTEGER / 2;
}

/** @returns the error of a conditional write whose condition did not hold */
async function refusal(write: Promise<unknown>): Promise<{ readonly Item?: Item } | undefined> {
  try {
    await write;
    return undefined;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return error as { Item?: Item };
    throw error;
  }
}
