import type { Duration } from 'aws-cdk-lib/core';

/** Origins whose pages may call the API, and the headers they may use. */
export interface CorsOptions {
  /**
   * Origins, as in `['https://shop.example.com']`, or `['*']` for all. With several, a response names the origin of its
   * request. API Gateway's own responses (401, 429 ...) contain no data of callers and allow every origin.
   */
  readonly origins: readonly string[];
  /**
   * Request headers that pages may send besides the CORS-safelisted ones.
   * @default - those that the contract uses: the content type, credentials of its kinds of `auth`, an API key, an
   * idempotency key, declared headers, conditional request headers and a correlation id
   */
  readonly headers?: readonly string[];
  /**
   * Response headers that scripts may read besides the CORS-safelisted ones.
   * @default - `ETag`, `Link`, `Location`, `Retry-After`, `X-Correlation-Id`, `X-Validation-Error` and the declared ones
   */
  readonly exposeHeaders?: readonly string[];
  /** Allows cookies; tokens in `Authorization` do not need it. @default false */
  readonly credentials?: boolean;
  /** Time for which browsers cache a preflight; Chrome caps it at 2 hours, Firefox at a day. @default Duration.hours(1) */
  readonly maxAge?: Duration;
}
