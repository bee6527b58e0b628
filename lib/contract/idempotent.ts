/** Terms on which requests of an operation are repeated. */
export interface Idempotent {
  /** Whether a request without the header is refused with 400, or served like one of any operation. @default 'required' */
  readonly key?: 'required' | 'optional';
  /**
   * For how long a key stands for its request, in seconds; afterwards it is a new one. It is kept at least that long.
   * @default 86400: a day
   */
  readonly expiresAfterSeconds?: number;
}
