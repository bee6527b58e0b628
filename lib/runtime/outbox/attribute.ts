/** Attribute of an item that an `Outbox` publishes. */
export const OUTBOX_ATTRIBUTE = 'event';
