/**
 * The SDK waits for ever by default. A call that takes seconds is lost, and the SDK's own retry is the better use of
 * a function's time. https://docs.aws.amazon.com/sdkref/latest/guide/feature-smart-config-defaults.html
 */
export const REQUESTS = { requestHandler: { connectionTimeout: 1000, requestTimeout: 3000 } };

/** How a value that is kept for a while is read. */
export interface FetchOptions {
  readonly maxAge?: number;
  readonly forceFetch?: boolean;
}
