import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { TableClient } from 'cdk-trellis/runtime';
import type { Line } from '../../../contracts/stock.js';

/** Products that an order reserved in the stock. */
export interface Reservation {
  readonly orderId: string;
  /** @default - nothing was reserved: the item only lists abandoned runs */
  readonly status?: 'reserved' | 'released' | 'sold';
  /** Run of the workflow that made the reservation. No other run releases or settles it. */
  readonly runId?: string;
  /** Runs that were undone before they reserved anything. */
  readonly abandoned?: ReadonlySet<string>;
  readonly lines: readonly Line[];
  readonly reservedAt: string;
  /** Key of the index `open`, present only while the status is `reserved`. */
  readonly open?: 'reserved';
  /** Expiry time (TTL) in seconds since 1970, long after the last possible retry. */
  readonly forgetAt?: number;
}

const DAY_SECONDS = 24 * 60 * 60;

/** Returns the expiry time of an item: 90 days from now, the longest retention of workflow executions and events. */
export function forgetAt(now = Date.now()): number {
  return Math.floor(now / 1000) + 90 * DAY_SECONDS;
}

/** Condition that a reservation belongs to the run `:runId`, or was made by a caller without a run. */
export const OWNED_BY_RUN = '(attribute_not_exists(runId) OR runId = :runId)';

export function isOwnedBy({ runId }: Pick<Reservation, 'runId'>, run: string): boolean {
  return runId === undefined || runId === run;
}

/** Reads the reservation of an order, strongly consistent. */
export async function reservationOf(
  { client, tableName }: TableClient,
  orderId: string,
): Promise<Reservation | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: tableName, Key: { orderId }, ConsistentRead: true }),
  );
  return Item as Reservation | undefined;
}

/** Returns the positions of a transaction's writes whose condition failed. Rethrows every other error, to be retried. */
export function failedConditions(error: unknown): readonly number[] {
  if (!(error instanceof TransactionCanceledException)) throw error;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
  const failed = codes.flatMap((code, index) => (code === 'ConditionalCheckFailed' ? [index] : []));
  if (failed.length === 0) throw error;
  return failed;
}
