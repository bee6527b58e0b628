import type { Contract } from '../contract/contract.js';
import type { Operation, Operations } from '../contract/operation.js';
import { CallError } from './errors.js';
import { type AnyInput, initOf, urlOf } from './request.js';
import { resultOf } from './result.js';
import { isRepeatable, retryDelay, sleep } from './retry.js';
import type { Client } from './types.js';

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

type MaybePromise<T> = T | Promise<T>;

export interface ClientOptions {
  /** Where the API is served, as in `https://shop.example.com/api`; in a browser `/api` will do. */
  readonly baseUrl: string;
  /** The access token for operations that are not public; asked for on each call. @default - none is sent */
  readonly token?: () => MaybePromise<string | undefined>;
  /** Headers of every call, such as `x-api-key`; asked for on each call. @default - none */
  readonly headers?: () => MaybePromise<Readonly<Record<string, string>>>;
  /** What sends requests: `mockApi(...)`, or one that signs them. @default - the platform's fetch */
  readonly fetch?: Fetch;
  /**
   * How often a call is repeated that failed for the moment: no connection, 429, 502, 503, 504. Only GET, PUT, DELETE
   * and what has an idempotency key are. While the first request with a key is in progress (409 with `Retry-After`), the
   * call waits for it as long as `timeout` allows, unless this is 0. @default 2
   */
  readonly retries?: number;
  /** Milliseconds for a call with all its retries. @default 30_000, just over what API Gateway waits for a function */
  readonly timeout?: number;
  /**
   * Whether responses are parsed by the contract's schemas. Without it a call costs less, but what it gives is whatever
   * arrived: codecs and defaults are not applied. @default true
   */
  readonly validate?: boolean;
}

/**
 * A typed client of an API, for browsers (since 2022) and Node 20: a function for each operation.
 *
 * What the contract declares is a value: `{ ok, status, body, headers }`, told apart by `status`; so is what any
 * operation may be refused with, always with a `Problem`. What has no result is thrown: a `CallError` of the kind
 * `network`, `timeout` or `unexpected`, or the reason of the caller's own `signal`.
 *
 * @example
 * import { createClient } from 'cdk-trellis/client';
 * import { ordersApi } from '../contracts/orders.js';
 *
 * const orders = createClient(ordersApi, { baseUrl: '/api', token: () => sessionStorage.getItem('token') ?? undefined });
 *
 * const result = await orders.getOrder({ params: { orderId: 'ord_1' } });
 * if (result.ok) console.log(result.body);
 * else if (result.status === 429) console.log('Try again later.');
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
  for (const [key, value] of Object.entries(await ownHeaders(operation, options)))
    init.headers.set(key, value);
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort);
  const late = new CallError('timeout', name, `no answer within ${timeout} ms`);
  const timer = setTimeout(() => controller.abort(late), timeout);
  try {
    const deadline = Date.now() + timeout;
    const response = await send(operation, url, { ...init, signal: controller.signal }, deadline, options);
    return await resultOf(name, operation, response, options.validate ?? true);
  } catch (error) {
    // What fetch rejects with when it is aborted is not the reason on every platform.
    if (controller.signal.aborted) throw controller.signal.reason;
    if (error instanceof CallError) throw error;
    throw new CallError('network', name, `no answer from ${url}`, undefined, error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

async function ownHeaders(
  operation: Operation,
  { token, headers }: ClientOptions,
): Promise<Record<string, string>> {
  const own = await headers?.();
  const bearer = operation.auth === 'public' ? undefined : await token?.();
  return { ...own, ...(bearer && { authorization: `Bearer ${bearer}` }) };
}

/** The response to the first attempt that is worth no other. */
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
    // The first request with the same key has not ended; it may be this call's own, its response lost.
    const inProgress =
      attempts > 0 &&
      !!operation.idempotent &&
      response?.status === 409 &&
      response.headers.has('retry-after');
    const delay = inProgress || attempt < attempts ? retryDelay(response, attempt, inProgress) : undefined;
    // To wait for it is no attempt of its own.
    if (inProgress) attempt -= 1;
    if (delay === undefined || Date.now() + delay > deadline || init.signal.aborted) {
      if (response) return response;
      throw (outcome as { error: unknown }).error;
    }
    // Nobody reads it: the connection is free again.
    await response?.body?.cancel();
    await sleep(delay, init.signal);
  }
}
