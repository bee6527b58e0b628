import type { Duration } from 'aws-cdk-lib/core';
import type { BindCheck } from '../bindings/binding.js';
import type { Operation, Operations } from '../contract/operation.js';
import type { HandlerFunction } from '../function/handler-function.js';
import type { HandlerModule, NodeFunctionOptions } from '../function/node-function-props.js';
import type { RouteHandler } from '../runtime/handlers/route.js';
import type { Needs } from '../runtime/needs/need.js';
import type { Integration, ResponseOf } from './integrations/integration.js';

/** How many requests are taken; more are answered 429. */
export interface Throttle {
  /** On average, a second. */
  readonly requestsPerSecond: number;
  /** At once. */
  readonly burst: number;
}

/**
 * How long the gateway keeps an answer, whatever its status (a 404 or a 500, too), and what a request must have
 * in common with another to get it.
 */
export interface CacheOptions<O extends Operation = Operation> {
  /** One second to one hour; API Gateway keeps nothing longer. Every caller may get an answer that is this old. */
  readonly ttl: Duration;
  /**
   * Parameters and headers that tell requests apart besides those of the path, as in `['query.category']`. Two
   * requests that differ in nothing else get the same answer, whoever sends them. What changes the answer by itself
   * is a key in any case: the origin with `cors`, the content type that is asked for, and what the caller has already.
   *
   * @default - every parameter of the query and every header that the contract has
   */
  readonly keys?: readonly CacheKey<O>[];
}

export type CacheKey<O extends Operation = Operation> =
  | (O['query'] extends { readonly shape: infer Shape } ? `query.${keyof Shape & string}` : never)
  | `headers.${string}`;

/** What can be said of any route. */
export interface RouteOptions<O extends Operation = Operation> {
  /** How many requests to this operation are taken. @default - as many as the API takes */
  readonly throttle?: Throttle;
  /**
   * Keeps answers at the gateway. Needs `cacheSize`; only for GET, and for operations that are not public only with a
   * key that tells callers apart.
   * @default - every request is answered anew
   */
  readonly cache?: CacheOptions<O>;
}

/** The module of a function that implements the operation. */
export interface RouteModule<O extends Operation> {
  readonly handler: RouteHandler<O, Needs>;
}

/** How an operation is implemented: its module, or the module and properties of its function; or an AWS service. */
export type Route<O extends Operation> =
  | (() => Promise<RouteModule<O>>)
  | (NodeFunctionOptions & RouteOptions<O> & { readonly handler: () => Promise<RouteModule<O>> })
  | Integration<ResponseOf<O>>
  | (RouteOptions<O> & { readonly integration: Integration<ResponseOf<O>> });

/**
 * A route for each operation of a contract, with any module: which one it may be is checked by `RoutesCheck`. Here it would
 * be the contextual type, from which the compiler takes a part of what `import('./x.js').then(...)` promises.
 */
export type Routes<C extends Operations> = {
  readonly [Name in keyof C]:
    | (() => unknown)
    | (NodeFunctionOptions & RouteOptions<C[Name]> & { readonly handler: () => unknown })
    | Exclude<Route<C[Name]>, { readonly handler: unknown } | (() => unknown)>;
};

/** The module of a route; `never` when an AWS service answers. */
export type ModuleOf<R> = R extends () => Promise<infer Module extends HandlerModule>
  ? Module
  : R extends { readonly handler: () => Promise<infer Module extends HandlerModule> }
    ? Module
    : never;

/** What the compiler says of routes that the contract does not have, and of needs that are not bound. */
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

/** The functions of those routes that have one. */
export type RouteFunctions<R> = {
  readonly [Name in keyof R as [ModuleOf<R[Name]>] extends [never] ? never : Name]: HandlerFunction<
    ModuleOf<R[Name]>
  >;
};
