import * as z from 'zod';

const streamBatch = z.object({
  streamArn: z.string(),
  shardId: z.string(),
  startSequenceNumber: z.string(),
  endSequenceNumber: z.string(),
  approximateArrivalOfFirstRecord: z.string().optional(),
  approximateArrivalOfLastRecord: z.string().optional(),
});

/** Changes of a table that a function failed to handle; the stream keeps them for a day. Times are ISO 8601. */
export type StreamBatch = z.infer<typeof streamBatch>;

const outboxItem = z.object({
  streamArn: z.string(),
  /** Attribute values as in a stream's record: bytes are in base64. */
  keys: z.record(
    z.string(),
    z.object({ S: z.string().optional(), N: z.string().optional(), B: z.string().optional() }),
  ),
  eventId: z.string(),
});

/** The item of a table whose event an Outbox could not publish. */
export type OutboxItem = z.infer<typeof outboxItem>;

/** Entry of PutEvents. */
const eventEntry = z.looseObject({ EventBusName: z.string().optional() });
export type EventEntry = z.infer<typeof eventEntry>;

/** Body of a message that Lambda, EventBridge or this library writes to a failure queue. */
const failedRecord = z.object({
  requestContext: z.object({ functionArn: z.string().optional() }).optional(),
  requestPayload: z.unknown().optional(),
  DDBStreamBatchInfo: streamBatch.optional(),
  refused: z.string().optional(),
  target: z.string().optional(),
  event: z.unknown().optional(),
  putEvents: eventEntry.optional(),
  outboxItem: outboxItem.optional(),
});
type FailedRecord = z.infer<typeof failedRecord>;

/**
 * Reads a body as a record of a failure. Any other body is a plain message: its payload is the parsed JSON, or the text.
 * `malformed` is the reason why an object is not such a record.
 */
export function readBody(text: string): {
  payload: unknown;
  record: Partial<FailedRecord>;
  malformed?: string;
} {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    return { payload: text, record: {} };
  }
  if (typeof payload !== 'object' || payload === null) return { payload, record: {} };
  const { data: record, error } = failedRecord.safeParse(payload);
  if (record) return { payload, record };
  const problems = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return {
    payload,
    record: {},
    malformed: `it does not name its target, or is malformed (${problems.join('; ')})`,
  };
}
