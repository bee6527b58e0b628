/** The condition that a payment belongs to the run `:runId`, or was made for a caller without one. */
export const IS_OWN = '(attribute_not_exists(runId) OR runId = :runId)';
