/** Limit of Step Functions. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_PAYLOAD_BYTES = 256 * 1024;

/**
 * Reserve for the additions of the state machine: names, a task token of a kilobyte, and twice an error with 1,000
 * characters of its cause, of up to four bytes each.
 */
const RESERVED_BYTES = 16 * 1024;

/** Maximum size of a saga's input and results together. */
export const MAX_CONTEXT_BYTES = MAX_PAYLOAD_BYTES - RESERVED_BYTES;
