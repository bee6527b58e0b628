/** Condition that a payment belongs to the run `:runId`, or was made by a caller without a run. */
export const OWNED_BY_RUN = '(attribute_not_exists(runId) OR runId = :runId)';
