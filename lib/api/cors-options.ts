import type { Duration } from 'aws-cdk-lib/core';

/** Which pages of other origins may call the API. */
export interface CorsOptions {
  /**
   * Origins, as in `['https://shop.example.com']`, or `['*']` for every one. With several, each is answered with its
   * own. What API Gateway itself answers (401, 429 ...) says nothing of anybody and is for every origin.
   */
  readonly origins: readonly string[];
  /**
   * Headers that pages may send besides those that any page may.
   * @default - those that the contract needs: the content type, credentials of its kinds of `auth`, an API key, an
   * idempotency key, headers that operations declare, conditions of requests and a correlation id
   */
  readonly headers?: readonly string[];
  /**
   * Headers of replies that scripts may read besides those that they always may.
   * @default - `ETag`, `Link`, `Location`, `Retry-After`, `X-Correlation-Id`, `X-Validation-Error` and those that operations declare
   */
  readonly exposeHeaders?: readonly string[];
  /** Whether browsers send cookies; tokens in `Authorization` need it not. @default false */
  readonly credentials?: boolean;
  /** How long a browser need not ask again; Chrome takes 2 hours at most, Firefox a day. @default Duration.hours(1) */
  readonly maxAge?: Duration;
}
