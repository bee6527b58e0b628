/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_PAYLOAD_BYTES = 256 * 1024;
/**
 * Left for what the state machine adds: names, a task token of a kilobyte, and twice an error with 1,000 characters of
 * its cause, which have four bytes each at most.
 */
const RESERVED_BYTES = 16 * 1024;

/** The input and the results of a saga together. */
export const MAX_CONTEXT_BYTES = MAX_PAYLOAD_BYTES - RESERVED_BYTES;
