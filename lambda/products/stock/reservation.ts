import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { TableClient } from 'cdk-trellis/runtime';
import type { Line } from '../../../contracts/stock.js';

/** What an order has taken from the stock. */
export interface Reservation {
  readonly orderId: string;
  /** @default - nothing was ever reserved: the item only says whose reservation comes too late */
  readonly status?: 'reserved' | 'released' | 'sold';
  /** The run of a workflow that has reserved. Nobody else releases or settles it. */
  readonly runId?: string;
  /** Runs that were undone before they had reserved anything. */
  readonly abandoned?: ReadonlySet<string>;
  readonly lines: readonly Line[];
  readonly reservedAt: string;
  /** Only while it is reserved: it stands in the index `open` then, oldest first. */
  readonly open?: 'reserved';
  /** When DynamoDB may forget it, in seconds since 1970: long after the last retry of anything. */
  readonly forgetAt?: number;
}

const DAY_SECONDS = 24 * 60 * 60;

/** Executions of workflows, and events, are kept for 90 days at most. */
export function forgetAt(now = Date.now()): number {
  return Math.floor(now / 1000) + 90 * DAY_SECONDS;
}

/** The condition that a reservation belongs to the run `:runId`, or was made by a caller without one. */
export const IS_OWN = '(attribute_not_exists(runId) OR runId = :runId)';

export function isOwn({ runId }: Pick<Reservation, 'runId'>, run: string): boolean {
  return runId === undefined || runId === run;
}

/** The reservation of an order, as it is this moment. */
export async function reservationOf(
  { client, tableName }: TableClient,
  orderId: string,
): Promise<Reservation | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: tableName, Key: { orderId }, ConsistentRead: true }),
  );
  return Item as Reservation | undefined;
}

/** The writes of a transaction, by position, whose condition did not hold; others' failures are errors to be retried. */
export function refusedWrites(error: unknown): readonly number[] {
  if (!(error instanceof TransactionCanceledException)) throw error;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
  const refused = codes.flatMap((code, at) => (code === 'ConditionalCheckFailed' ? [at] : []));
  if (refused.length === 0) throw error;
  return refused;
}
