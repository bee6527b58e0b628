import type { EventBridgeEvent } from 'aws-lambda';
import { ACCOUNT, REGION } from './lambda-context.js';

export interface EventBridgeOptions<DetailType extends string, Detail> {
  readonly source: string;
  readonly detailType: DetailType;
  readonly detail: Detail;
  /** @default - none */
  readonly resources?: readonly string[];
  /** In UTC, to the second. @default '2026-01-01T00:00:00Z' */
  readonly time?: string;
  readonly id?: string;
}

/**
 * The event that an EventBridge rule invokes a function with. A schedule's is one, too: its source is `aws.events` (a
 * rule) or `aws.scheduler`, its type `Scheduled Event`, and its detail is empty.
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
