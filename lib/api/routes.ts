import type { Duration } from 'aws-cdk-lib/core';
import type { BindCheck } from '../bindings/binding.js';
import type { Operation, Operations } from '../contract/operation.js';
import type { HandlerFunction } from '../function/handler-function.js';
import type { HandlerModule, NodeFunctionOptions } from '../function/node-function-props.js';
import type { RouteHandler } from '../runtime/handlers/route.js';
import type { Needs } from '../runtime/needs/need.js';
import type { Integration, ResponseOf } from './integrations/integration.js';

/** Limits of requests; the API responds 429 to more. */
export interface Throttle {
  /** Average requests per second. */
  readonly requestsPerSecond: number;
  /** Concurrent requests. */
  readonly burst: number;
}

/** Lifetime and keys of cached responses. The gateway caches every status, also 404 and 500. */
export interface CacheOptions<O extends Operation = Operation> {
  /** Lifetime of a response: one second to one hour, API Gateway's maximum. Every caller may get a response of this age. */
  readonly ttl: Duration;
  /**
   * Parameters and headers of the cache key besides the path parameters, as in `['query.category']`. Requests with the
   * same key get the same response, also from different callers. Headers that change the response are always part of the key:
   * `Origin` with `cors`, `Accept` with several content types, and `If-None-Match`.
   *
   * @default - every query parameter and every header of the contract's operation
   */
  readonly keys?: readonly CacheKey<O>[];
}

export type CacheKey<O extends Operation = Operation> =
  | (O['query'] extends { readonly shape: infer Shape } ? `query.${keyof Shape & string}` : never)
  | `headers.${string}`;

/** Options of every route. */
export interface RouteOptions<O extends Operation = Operation> {
  /** Limits of requests to this operation. @default - the API's */
  readonly throttle?: Throttle;
  /**
   * Caches responses at the gateway. Requires `cacheSize` and the method GET; an operation that is not public requires
   * a key that identifies the caller.
   * @default - no caching
   */
  readonly cache?: CacheOptions<O>;
}

/** The module of a function that implements the operation. */
export interface RouteModule<O extends Operation> {
  readonly handler: RouteHandler<O, Needs>;
}

/** Implementation of an operation: a module, a module with options of its function, or an integration with an AWS service. */
export type Route<O extends Operation> =
  | (() => Promise<RouteModule<O>>)
  | (NodeFunctionOptions & RouteOptions<O> & { readonly handler: () => Promise<RouteModule<O>> })
  | Integration<ResponseOf<O>>
  | (RouteOptions<O> & { readonly integration: Integration<ResponseOf<O>> });

/**
 * A route for each operation of a contract, with any module: `RoutesCheck` checks the module. A module type here would
 * be the contextual type of the route, and the compiler would infer `import('./x.js').then(...)` from it.
 */
export type Routes<C extends Operations> = {
  readonly [Name in keyof C]:
    | (() => unknown)
    | (NodeFunctionOptions & RouteOptions<C[Name]> & { readonly handler: () => unknown })
    | Exclude<Route<C[Name]>, { readonly handler: unknown } | (() => unknown)>;
};

/** The module of a route; `never` for an integration with an AWS service. */
export type ModuleOf<R> = R extends () => Promise<infer Module extends HandlerModule>
  ? Module
  : R extends { readonly handler: () => Promise<infer Module extends HandlerModule> }
    ? Module
    : never;

/** Compile-time check: every route is an operation of the contract, and all needs of its module are bound. */
export type RoutesCheck<C extends Operations, R, B> = {
  readonly [Name in keyof R]: Name extends keyof C
    ? R[Name] extends Route<C[Name]>
      ? [ModuleOf<R[Name]>] extends [never]
        ? unknown
        : BindCheck<ModuleOf<R[Name]>, B>
      : R[Name] extends () => unknown
        ? () => Promise<RouteModule<C[Name]>>
        : Route<C[Name]>
    : { readonly 'the contract does not have': Name };
};

/** The functions of the routes with a module. */
export type RouteFunctions<R> = {
  readonly [Name in keyof R as [ModuleOf<R[Name]>] extends [never] ? never : Name]: HandlerFunction<
    ModuleOf<R[Name]>
  >;
};
