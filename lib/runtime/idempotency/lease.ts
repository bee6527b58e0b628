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
 * Maximum milliseconds by which a lease outlives its holder. Lambda retries a failed asynchronous invocation after one
 * minute (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html): by then the lease of a
 * crashed one has ended.
 */
export const LEASE_MS = 45_000;
/** Milliseconds between renewals: one may fail, and work may block the event loop for 30 s. */
const RENEWAL_MS = 15_000;
/** Maximum difference between the clocks of two environments. */
const SKEW_MS = 1000;

/** Attributes of an item of DynamoDB. */
export type Item = Record<string, AttributeValue>;

/** Options of a lease. */
export interface LeaseOptions {
  readonly tableName: string;
  /** Value of the partition key `id`. */
  readonly id: string;
  /** Name of the attribute with the end of the lease, in milliseconds since 1970. */
  readonly until: string;
  /** Further attributes of the item; they replace those of its previous holder. */
  readonly attributes: Item;
  /** Condition under which the item is free, besides `attribute_not_exists(id)`. `:now` is the time in milliseconds. */
  readonly free: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Item;
}

const clientOf = /* @__PURE__ */ perRegion((place) => bounded(new DynamoDBClient({ ...REQUESTS, ...place })));

/**
 * An item of a table that one invocation holds. The lease ends 45 s after its last renewal, or at the end of the
 * invocation's time: after a crash or a timeout the item is free soon, however long the function may run.
 *
 * A timer renews it. Work that blocks the event loop for more than 30 s may lose its lease.
 */
export class Lease {
  /**
   * Takes the item if it is free.
   *
   * @returns the lease, or the item if another invocation holds or has finished it
   */
  static async take(options: LeaseOptions): Promise<Lease | Item> {
    for (;;) {
      const lease = new Lease(options, randomUUID(), Date.now() + remainingTime());
      const held = await lease.put();
      if (held === true) return lease;
      // Undefined: the item has expired meanwhile and is free now.
      if (held) return held;
    }
  }

  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly options: LeaseOptions,
    private readonly holder: string,
    private readonly deadline: number,
  ) {}

  /** Writes the item. @returns true, or the item of another holder */
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
    const failure = await failedCondition(clientOf(tableName).send(command));
    // The SDK retries a write whose response was lost: the item that it then finds is its own.
    if (failure && failure.Item?.holder?.S !== this.holder) return failure.Item;
    this.timer = setInterval(() => void this.renew(), RENEWAL_MS);
    this.timer.unref();
    return true;
  }

  private endFrom(now: number): number {
    return Math.min(now + LEASE_MS, this.deadline + SKEW_MS);
  }

  /** Renews the lease. A failed renewal is retried with the next one. */
  private async renew(): Promise<void> {
    const { tableName, id, until } = this.options;
    const now = Date.now();
    // The work continues after its invocation has ended: no caller waits for it.
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
      if (await failedCondition(clientOf(tableName).send(command))) this.stop();
    } catch {
      // The lease lasts until two more renewals are due.
    }
  }

  private stop(): void {
    clearInterval(this.timer);
  }

  /** Ends the lease by removing the item, unless another invocation holds it now. */
  async release(): Promise<void> {
    this.stop();
    const { tableName, id } = this.options;
    const command = new DeleteItemCommand({
      TableName: tableName,
      Key: { id: { S: id } },
      ConditionExpression: 'holder = :holder',
      ExpressionAttributeValues: { ':holder': { S: this.holder } },
    });
    await failedCondition(clientOf(tableName).send(command));
  }

  /**
   * Ends the lease by writing the final attributes of the item.
   *
   * @param attributes further attributes, besides those it was taken with
   * @param unless condition under which another invocation has finished it already; the item is then unchanged
   * @returns the item that another invocation has finished
   */
  async finish(
    attributes: Item,
    unless: { condition: string; names: Readonly<Record<string, string>>; values: Item },
  ): Promise<Item | undefined> {
    this.stop();
    const { tableName, id, until } = this.options;
    // All attributes are written, so that the item is complete whatever happened to it.
    const entries = Object.entries({ ...this.options.attributes, ...attributes });
    const command = new UpdateItemCommand({
      TableName: tableName,
      Key: { id: { S: id } },
      UpdateExpression: `SET ${entries.map((_, index) => `#a${index} = :a${index}`).join(', ')} REMOVE #until, holder`,
      ConditionExpression: `NOT (${unless.condition})`,
      ExpressionAttributeNames: {
        '#until': until,
        ...Object.fromEntries(entries.map(([name], index) => [`#a${index}`, name])),
        ...unless.names,
      },
      ExpressionAttributeValues: {
        ...Object.fromEntries(entries.map(([, value], index) => [`:a${index}`, value])),
        ...unless.values,
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return (await failedCondition(clientOf(tableName).send(command)))?.Item;
  }
}

/** Returns the remaining milliseconds of the invocation; outside of one it is unlimited. */
function remainingTime(): number {
  return invocationContext()?.getRemainingTimeInMillis() ?? Number.MAX_SAFE_INTEGER / 2;
}

/** Runs a conditional write. @returns its error if the condition did not hold */
async function failedCondition(write: Promise<unknown>): Promise<{ readonly Item?: Item } | undefined> {
  try {
    await write;
    return undefined;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return error as { Item?: Item };
    throw error;
  }
}
