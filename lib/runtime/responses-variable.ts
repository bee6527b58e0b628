/** Need of an `idempotent` operation: the table with its responses. */
export const RESPONSES_NEED = { name: 'responses', kind: 'idempotency', access: 'idempotency' } as const;
