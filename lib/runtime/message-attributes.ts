/** The message attribute with the id of what a message follows from. */
export const CORRELATION_ATTRIBUTE = 'correlationId';

/** The message attribute with the message's own id: SQS gives a message that is redriven a new one of its own. */
export const ID_ATTRIBUTE = 'messageId';
