import type { Contract } from '../contract/contract.js';
import type { Operation, Operations } from '../contract/operation.js';
import { CallError } from './errors.js';
import { type AnyInput, initOf, urlOf } from './request.js';
import { resultOf } from './result.js';
import { isRepeatable, retryDelay, sleep } from './retry.js';
import type { Client } from './types.js';

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

type MaybePromise<T> = T | Promise<T>;

/** Options of `createClient`. */
export interface ClientOptions {
  /** Base URL of the API, for example `https://shop.example.com/api`; in a browser a path like `/api` is enough. */
  readonly baseUrl: string;
  /** Returns the access token for operations that are not public; called for each call. @default - no token is sent */
  readonly token?: () => MaybePromise<string | undefined>;
  /** Returns headers for every call, such as `x-api-key`; called for each call. @default - no headers */
  readonly headers?: () => MaybePromise<Readonly<Record<string, string>>>;
  /** Function that sends requests, for example `mockApi(...)` or a `fetch` that signs them. @default - the platform's fetch */
  readonly fetch?: Fetch;
  /**
   * Maximum retries after a transient failure: no connection, 429, 502, 503, 504. Only GET, PUT, DELETE and operations
   * with an idempotency key are retried. While the first request with a key is in progress (409 with `Retry-After`), the
   * call waits as long as `timeout` allows, unless this is 0. @default 2
   */
  readonly retries?: number;
  /** Timeout of a call with all its retries, in milliseconds. @default 30_000, just over API Gateway's integration timeout */
  readonly timeout?: number;
  /**
   * Parses responses with the contract's schemas. With `false` a call is faster, but responses are unchecked, and codecs
   * and defaults are not applied. @default true
   */
  readonly validate?: boolean;
}

/**
 * Creates a typed client of an API, for browsers (since 2022) and Node 20, with a function for each operation.
 *
 * A call resolves with every response of the contract, `{ ok, status, body, headers }`, discriminated by `status`; the
 * shared errors have a `Problem` as the body. It rejects with a `CallError` of the kind `network`, `timeout` or
 * `unexpected`, or with the reason of the caller's `signal`.
 *
 * @example
 * import { createClient } from 'cdk-trellis/client';
 * import { ordersApi } from '../contracts/orders.js';
 *
 * const orders = createClient(ordersApi, { baseUrl: '/api', token: () => sessionStorage.getItem('token') ?? undefined });
 *
 * const result = await orders.getOrder({ params: { orderId: 'ord_1' } });
 * if (result.ok) console.log(result.body);
 * else if (result.status === 429) console.log('Retry later.');
 * else console.log(result.body.title);
 */
export function createClient<C extends Operations>(contract: Contract<C>, options: ClientOptions): Client<C> {
  const calls = Object.entries(contract).map(([name, operation]) => [
    name,
    (input: AnyInput = {}) => call(name, operation, input, options),
  ]);
  return Object.freeze(Object.fromEntries(calls));
}

async function call(name: string, operation: Operation, input: AnyInput, options: ClientOptions) {
  const { timeout = options.timeout ?? 30_000, signal } = input;
  const url = urlOf(options.baseUrl, operation, input);
  const init = initOf(operation, input);
  for (const [key, value] of Object.entries(await optionHeaders(operation, options)))
    init.headers.set(key, value);
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort);
  const late = new CallError('timeout', name, `timed out in ${timeout} ms`);
  const timer = setTimeout(() => controller.abort(late), timeout);
  try {
    const deadline = Date.now() + timeout;
    const response = await send(operation, url, { ...init, signal: controller.signal }, deadline, options);
    return await resultOf(name, operation, response, options.validate ?? true);
  } catch (error) {
    // Not every platform's fetch rejects with the signal's reason.
    if (controller.signal.aborted) throw controller.signal.reason;
    if (error instanceof CallError) throw error;
    throw new CallError('network', name, `cannot reach ${url}`, undefined, error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

async function optionHeaders(
  operation: Operation,
  { token, headers }: ClientOptions,
): Promise<Record<string, string>> {
  const custom = await headers?.();
  const bearer = operation.auth === 'public' ? undefined : await token?.();
  return { ...custom, ...(bearer && { authorization: `Bearer ${bearer}` }) };
}

/** Sends a request with retries, and returns the last response. */
async function send(
  operation: Operation,
  url: string,
  init: RequestInit & { readonly signal: AbortSignal },
  deadline: number,
  { fetch = (...args) => globalThis.fetch(...args), retries = 2 }: ClientOptions,
): Promise<Response> {
  const attempts = isRepeatable(operation) ? retries : 0;
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await fetch(url, init).catch((error: unknown) => ({ error }));
    const response = 'error' in outcome ? undefined : outcome;
    // The first request with the key is still running; it may be an earlier attempt of this call.
    const inProgress =
      attempts > 0 &&
      !!operation.idempotent &&
      response?.status === 409 &&
      response.headers.has('retry-after');
    const delay = inProgress || attempt < attempts ? retryDelay(response, attempt, inProgress) : undefined;
    // Waiting for the first request does not count as an attempt.
    if (inProgress) attempt -= 1;
    if (delay === undefined || Date.now() + delay > deadline || init.signal.aborted) {
      if (response) return response;
      throw (outcome as { error: unknown }).error;
    }
    // Releases the connection of the unread body.
    await response?.body?.cancel();
    await sleep(delay, init.signal);
  }
}
