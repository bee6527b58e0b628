/** Options of an `idempotent` operation. */
export interface Idempotent {
  /** Treatment of a request without the header: 'required' rejects it with 400, 'optional' runs it every time. @default 'required' */
  readonly key?: 'required' | 'optional';
  /**
   * Lifetime of a key in seconds. Afterwards the same key starts a new request.
   * @default 86400: a day
   */
  readonly expiresAfterSeconds?: number;
}
