import type { Message } from '@aws-sdk/client-sqs';

/** What a message in a queue for failures is, and where it has to go. */
export type WayBack =
  | { readonly kind: 'send'; readonly to: string; readonly payload: unknown }
  | { readonly kind: 'publish'; readonly entry: Readonly<Record<string, string>> }
  | { readonly kind: 'reread'; readonly to: string; readonly batch: StreamBatch }
  | { readonly kind: 'republish'; readonly to: string; readonly item: OutboxItem };

/** Changes of a table that were given up, which the stream still has for a day. */
export interface StreamBatch {
  readonly streamArn: string;
  readonly shardId: string;
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
  /** ISO 8601. */
  readonly approximateArrivalOfFirstRecord?: string;
  readonly approximateArrivalOfLastRecord?: string;
}

/** The item of a table that carries an event which its Outbox has set aside. */
export interface OutboxItem {
  readonly streamArn: string;
  /** Attribute values as in a stream's record: bytes are text in base64. */
  readonly keys: Readonly<Record<string, { readonly S?: string; readonly N?: string; readonly B?: string }>>;
  readonly eventId: string;
}

/** What Lambda, EventBridge and this library write into queues for failures. */
interface FailedRecord {
  readonly requestContext?: { readonly functionArn?: string };
  readonly requestPayload?: unknown;
  readonly DDBStreamBatchInfo?: StreamBatch;
  readonly refused?: string;
  readonly target?: string;
  readonly event?: unknown;
  readonly putEvents?: Readonly<Record<string, string>>;
  readonly outboxItem?: OutboxItem;
}

/**
 * Reads from a message where it has to go:
 *
 * - what Lambda keeps of an event that a function failed to handle, and of changes of a stream
 * - what EventBridge and its Scheduler keep of what they could not deliver
 * - what a subscription of an `EventHub` keeps of events that nobody understood, and an `Outbox` of those that
 *   EventBridge refused, or of which only the item can be named
 *
 * @param to where it is to go if the message does not say so
 * @returns undefined when it says nothing of the sort
 */
export function wayBack({ Body = '', MessageAttributes = {} }: Message, to?: string): WayBack | undefined {
  const body = parsed(Body);
  const {
    requestContext,
    requestPayload,
    DDBStreamBatchInfo,
    refused,
    target,
    event,
    putEvents,
    outboxItem,
  } = body ?? {};
  const functionArn = requestContext?.functionArn;
  if (functionArn && requestPayload !== undefined) {
    return { kind: 'send', to: unqualified(functionArn), payload: requestPayload };
  }
  if (functionArn && DDBStreamBatchInfo) {
    return { kind: 'reread', to: unqualified(functionArn), batch: DDBStreamBatchInfo };
  }
  if (functionArn && refused && outboxItem) {
    return { kind: 'republish', to: unqualified(functionArn), item: outboxItem };
  }
  if (refused && putEvents) return { kind: 'publish', entry: putEvents };
  if (refused && target && event) return { kind: 'send', to: target, payload: payloadFor(target, event) };
  const given = MessageAttributes.TARGET_ARN?.StringValue ?? to;
  return given === undefined
    ? undefined
    : { kind: 'send', to: given, payload: payloadFor(given, body ?? Body) };
}

/** A workflow is started with the event's data, as the subscription does it. */
function payloadFor(target: string, event: unknown): unknown {
  const { detail } = (event ?? {}) as {
    readonly detail?: { readonly metadata?: unknown; readonly data?: unknown };
  };
  const isWorkflow = target.split(':')[2] === 'states';
  return isWorkflow && detail?.metadata !== undefined ? detail.data : event;
}

/** Lambda's record names the version that failed: the repaired one is wanted. */
function unqualified(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}

function parsed(text: string): FailedRecord | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
