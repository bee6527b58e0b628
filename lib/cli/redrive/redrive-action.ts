import type { Message } from '@aws-sdk/client-sqs';
import type { Destination } from './destinations.js';
import { type EventEntry, type OutboxItem, readBody, type StreamBatch } from './failed-record.js';

/** Delivery that redrives a message of a failure queue. */
export type RedriveAction =
  | { readonly kind: 'send'; readonly to: string; readonly payload: unknown; readonly eventId?: string }
  | { readonly kind: 'publish'; readonly entry: EventEntry }
  | { readonly kind: 'reread'; readonly to: string; readonly batch: StreamBatch }
  | { readonly kind: 'republish'; readonly to: string; readonly item: OutboxItem };

/**
 * Resolves the delivery of a message of a failure queue. The body names the target, but it is untrusted: anyone with
 * permission to write to the queue may have written it. So only resources that send their failures to the queue, and
 * the operator's `to`, are valid targets.
 *
 * Bodies are written by:
 * - Lambda, for events and changes of a stream that a function failed to handle
 * - EventBridge and its Scheduler, for events that they could not deliver
 * - a subscription of an `EventHub`, for events that do not match its schema
 * - an `Outbox`, for events that EventBridge rejected, or of which only the item is known
 *
 * @param destinations resources that send their failures to the queue
 * @param to the operator's target: for messages without a target, and for those that name it
 * @returns the reason as text if the message stays in the queue
 */
export function resolveRedriveAction(
  { Body = '', MessageAttributes = {} }: Message,
  destinations: readonly Destination[],
  to?: string,
): RedriveAction | string {
  const { payload, record, malformed } = readBody(Body);
  const {
    requestContext,
    requestPayload,
    DDBStreamBatchInfo,
    refused,
    target,
    event,
    putEvents,
    outboxItem,
  } = record;
  const functionArn = requestContext?.functionArn;
  if (functionArn && requestPayload !== undefined) {
    return send(functionArn, requestPayload, destinations, to);
  }
  if (functionArn && DDBStreamBatchInfo) {
    const reader = readerOf(DDBStreamBatchInfo.streamArn, functionArn, destinations, to);
    return typeof reader === 'string' ? reader : { kind: 'reread', to: reader.to, batch: DDBStreamBatchInfo };
  }
  if (functionArn && refused && outboxItem) {
    const reader = readerOf(outboxItem.streamArn, functionArn, destinations, to);
    return typeof reader === 'string' ? reader : { kind: 'republish', to: reader.to, item: outboxItem };
  }
  if (refused && putEvents) return publish(putEvents, destinations, to);
  if (refused && target && event) return send(target, event, destinations, to);
  const targetArn = MessageAttributes.TARGET_ARN?.StringValue;
  if (targetArn !== undefined) return send(targetArn, payload, destinations, to);
  const [first, ...rest] = destinations;
  const plain = first?.isPlain && rest.length === 0 ? first.to : undefined;
  const fallback = to ?? plain;
  return fallback === undefined
    ? `${malformed ?? 'it does not name its target'}; pass \`--to <ARN of a function, queue or state machine>\``
    : sendAction(fallback, payload);
}

function send(
  target: string,
  payload: unknown,
  destinations: readonly Destination[],
  to: string | undefined,
): RedriveAction | string {
  const destination = permittedDestination(target, destinations, to);
  return destination === undefined ? rejection(target) : sendAction(destination.to, payload);
}

/** Returns the function that reads a stream by its event source mapping: it gets no changes of other streams. */
function readerOf(
  streamArn: string,
  target: string,
  destinations: readonly Destination[],
  to: string | undefined,
): Destination | string {
  const readers = destinations.filter((destination) => destination.streamArn === streamArn);
  return permittedDestination(target, readers, to) ?? rejection(`${target} for changes of ${streamArn}`);
}

/** Publishes to the bus of the configuration: an ARN in the message may name a bus of another account. */
function publish(
  entry: EventEntry,
  destinations: readonly Destination[],
  to: string | undefined,
): RedriveAction | string {
  const bus = entry.EventBusName ?? 'default';
  const permitted = [...destinations.map((destination) => destination.to), ...(to === undefined ? [] : [to])];
  const EventBusName = permitted.find((target) => isSameBus(target, bus));
  return EventBusName === undefined
    ? rejection(`the bus ${JSON.stringify(bus)}`)
    : { kind: 'publish', entry: { ...entry, EventBusName } };
}

/** Compares names if one of them is not an ARN. */
function isSameBus(bus: string, other: string): boolean {
  if (bus === '' || other === '') return false;
  if (bus.startsWith('arn:') && other.startsWith('arn:')) return bus === other;
  return nameOfBus(bus) === nameOfBus(other);
}

const nameOfBus = (arnOrName: string): string => arnOrName.split(':event-bus/').at(-1) as string;

const rejection = (target: string): string =>
  `its target is ${target}, which does not send its failures to this queue. If you trust the message, pass that target with \`--to\``;

/**
 * Returns the permitted destination for a target. A function matches by any version or alias, and is invoked by the
 * alias of its configuration, so that failures return to this queue.
 */
function permittedDestination(
  target: string,
  destinations: readonly Destination[],
  to: string | undefined,
): Destination | undefined {
  const matches = destinations.filter((destination) => unqualified(destination.to) === unqualified(target));
  const qualified = matches.find((destination) => destination.to !== unqualified(destination.to));
  if (matches.length > 0) return qualified ?? matches[0];
  return to !== undefined && unqualified(to) === unqualified(target) ? { to } : undefined;
}

/** Creates the action that sends an event. A workflow is started with the event's data, and named by the event's id. */
function sendAction(to: string, event: unknown): RedriveAction {
  const { detail } = (event ?? {}) as { readonly detail?: { readonly metadata?: unknown; data?: unknown } };
  const metadata = detail?.metadata;
  const isWorkflow = to.split(':')[2] === 'states';
  if (!isWorkflow || typeof metadata !== 'object' || metadata === null)
    return { kind: 'send', to, payload: event };
  const { id } = metadata as { readonly id?: unknown };
  return { kind: 'send', to, payload: detail?.data, ...(typeof id === 'string' && { eventId: id }) };
}

/** Returns the ARN of a function without its version or alias, and every other ARN unchanged. */
function unqualified(arn: string): string {
  return arn.split(':')[2] === 'lambda' ? arn.split(':').slice(0, 7).join(':') : arn;
}
