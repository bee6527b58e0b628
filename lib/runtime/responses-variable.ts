/** The need of an operation that is `idempotent`: the table that keeps its responses. */
export const RESPONSES_NEED = { name: 'responses', kind: 'idempotency', access: 'idempotency' } as const;
