/** Message attribute with the correlation id. */
export const CORRELATION_ATTRIBUTE = 'correlationId';

/** Message attribute with the id that the sender gave the message. A redrive changes SQS's id, but not this one. */
export const ID_ATTRIBUTE = 'messageId';
