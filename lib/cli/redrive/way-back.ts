import type { Message } from '@aws-sdk/client-sqs';
import type { Destination } from './destinations.js';

/** What a message in a queue for failures is, and where it has to go. */
export type WayBack =
  | { readonly kind: 'send'; readonly to: string; readonly payload: unknown; readonly eventId?: string }
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
 * Finds where a message of a queue for failures goes. Its body says what is to be sent and what for, but it is data:
 * whoever may write to the queue has written it. Only what belongs to the queue, or what the operator names, is sent to.
 *
 * - what Lambda keeps of an event that a function failed to handle, and of changes of a stream
 * - what EventBridge and its Scheduler keep of what they could not deliver
 * - what a subscription of an `EventHub` keeps of events that nobody understood, and an `Outbox` of those that
 *   EventBridge refused, or of which only the item can be named
 *
 * @param destinations what belongs to the queue
 * @param to what the operator names: where messages go that say nothing, and one more that they may ask for
 * @returns why the message stays, as text, where nothing of that is so
 */
export function wayBack(
  { Body = '', MessageAttributes = {} }: Message,
  destinations: readonly Destination[],
  to?: string,
): WayBack | string {
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
    return send(functionArn, requestPayload, destinations, to);
  }
  if (functionArn && DDBStreamBatchInfo) {
    const known = readerOf(DDBStreamBatchInfo.streamArn, functionArn, destinations, to);
    return typeof known === 'string' ? known : { kind: 'reread', to: known.to, batch: DDBStreamBatchInfo };
  }
  if (functionArn && refused && outboxItem) {
    const known = readerOf(outboxItem.streamArn, functionArn, destinations, to);
    return typeof known === 'string' ? known : { kind: 'republish', to: known.to, item: outboxItem };
  }
  if (refused && putEvents) return publish(putEvents, destinations, to);
  if (refused && target && event) return send(target, event, destinations, to);
  const asked = MessageAttributes.TARGET_ARN?.StringValue;
  const payload = body ?? Body;
  if (asked !== undefined) return send(asked, payload, destinations, to);
  const [only, ...others] = destinations;
  const plain = only?.isPlain && others.length === 0 ? only.to : undefined;
  const given = to ?? plain;
  return given === undefined
    ? 'it does not say where it has to go; name it: `--to <ARN of a function, queue or state machine>`'
    : asSent(given, payload);
}

function send(
  asked: string,
  payload: unknown,
  destinations: readonly Destination[],
  to: string | undefined,
): WayBack | string {
  const known = belonging(asked, destinations, to);
  return known === undefined ? stays(asked) : asSent(known.to, payload);
}

/** The function that reads a stream, by its event source mapping: it is given changes of no other one. */
function readerOf(
  streamArn: string,
  asked: string,
  destinations: readonly Destination[],
  to: string | undefined,
): Destination | string {
  const readers = destinations.filter((one) => one.streamArn === streamArn);
  return belonging(asked, readers, to) ?? stays(`${asked} for changes of ${streamArn}`);
}

function publish(
  entry: Readonly<Record<string, string>>,
  destinations: readonly Destination[],
  to: string | undefined,
): WayBack | string {
  const bus = nameOfBus(entry.EventBusName ?? 'default');
  const isKnown = [...destinations.map((one) => one.to), to ?? ''].some((one) => nameOfBus(one) === bus);
  return isKnown ? { kind: 'publish', entry: { ...entry, EventBusName: bus } } : stays(`the bus ${bus}`);
}

const nameOfBus = (arnOrName: string): string => arnOrName.split(':event-bus/').at(-1) as string;

const stays = (asked: string): string =>
  `it asks for ${asked}, which does not send its failures to this queue. If you trust it, name that: \`--to\``;

/** A function is known by whatever version or alias; it is invoked as its configuration says, where its failures come back. */
function belonging(
  asked: string,
  destinations: readonly Destination[],
  to: string | undefined,
): Destination | undefined {
  const same = destinations.filter((one) => unqualified(one.to) === unqualified(asked));
  const qualified = same.find((one) => one.to !== unqualified(one.to));
  if (same.length > 0) return qualified ?? same[0];
  return to !== undefined && unqualified(to) === unqualified(asked) ? { to } : undefined;
}

/** A workflow is started with the event's data, by the event's id. */
function asSent(to: string, event: unknown): WayBack {
  const { detail } = (event ?? {}) as {
    readonly detail?: { readonly metadata?: { readonly id?: unknown }; readonly data?: unknown };
  };
  const isWorkflow = to.split(':')[2] === 'states';
  if (!isWorkflow || detail?.metadata === undefined) return { kind: 'send', to, payload: event };
  const { id } = detail.metadata;
  return { kind: 'send', to, payload: detail.data, ...(typeof id === 'string' && { eventId: id }) };
}

/** Without the version or alias of a function. */
function unqualified(arn: string): string {
  return arn.split(':')[2] === 'lambda' ? arn.split(':').slice(0, 7).join(':') : arn;
}

function parsed(text: string): FailedRecord | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
