import type { EventBridgeEvent } from 'aws-lambda';
import { ACCOUNT, REGION } from './lambda-context.js';

/** Options of `eventBridgeEvent`. */
export interface EventBridgeOptions<DetailType extends string, Detail> {
  readonly source: string;
  readonly detailType: DetailType;
  readonly detail: Detail;
  /** @default - none */
  readonly resources?: readonly string[];
  /** Time in UTC, to the second. @default '2026-01-01T00:00:00Z' */
  readonly time?: string;
  readonly id?: string;
}

/**
 * Creates the event of an EventBridge rule. For a schedule use the source `aws.events` (a rule) or `aws.scheduler`, the
 * type `Scheduled Event`, and an empty detail.
 *
 * @example
 * import { eventBridgeEvent } from 'cdk-trellis/testing';
 *
 * const event = eventBridgeEvent({ source: 'shop.orders', detailType: 'OrderPlaced', detail: { orderId: '1' } });
 */
export function eventBridgeEvent<const DetailType extends string, Detail>(
  options: EventBridgeOptions<DetailType, Detail>,
): EventBridgeEvent<DetailType, Detail> {
  const { source, detailType, detail, resources = [], time = '2026-01-01T00:00:00Z' } = options;
  return {
    version: '0',
    id: options.id ?? '00000000-0000-4000-8000-000000000000',
    'detail-type': detailType,
    source,
    account: ACCOUNT,
    time,
    region: REGION,
    resources: [...resources],
    detail,
  };
}
