import type { Duration } from 'aws-cdk-lib/core';
import type { BindCheck } from '../bindings/binding.js';
import type { LambdaAuth } from '../contract/auth.js';
import type { Operations } from '../contract/operation.js';
import type { NodeFunctionOptions } from '../function/node-function-props.js';
import type { AuthorizerHandler } from '../runtime/handlers/authorizer.js';
import type { Needs } from '../runtime/needs/need.js';

/** The module of an authorizer's function. */
export interface AuthorizerModule<A extends LambdaAuth = LambdaAuth> {
  readonly handler: AuthorizerHandler<A, Needs>;
}

/** Properties of a Lambda authorizer: its module, the input it gets, and options of its function. */
export interface LambdaAuthorizerProps<A extends LambdaAuth = LambdaAuth> extends NodeFunctionOptions {
  /** The module that calls `authorizer`, as in `() => import('../lambda/authorizers/partners.js')`. */
  readonly handler: () => Promise<AuthorizerModule<A>>;
  /**
   * The input of the authorizer. `token`: one header; a request without it is rejected before the function runs.
   * `request`: the whole request.
   * @default 'token'
   */
  readonly type?: 'token' | 'request';
  /**
   * Parts of the request that identify the caller, as in `['headers.x-partner-key', 'query.tenant']`; type `token`
   * requires exactly one header. With `cache`, a request that lacks one is rejected before the function runs.
   * @default ['headers.Authorization']
   */
  readonly identitySources?: readonly IdentitySource[];
  /**
   * Time for which API Gateway caches a result for the same identity sources, at most an hour. A cached result applies
   * to all operations with this authorizer: do not cache results that depend on anything but the identity sources.
   * @default 5 minutes with type `token`; no caching with type `request`
   */
  readonly cache?: Duration;
  /**
   * Regular expression in Java's syntax that the whole header must match; other requests are rejected before the
   * function runs. Only with type `token`.
   * @default - the authorizer gets every header
   */
  readonly pattern?: string;
}

export type IdentitySource = `headers.${string}` | `query.${string}` | `stageVariables.${string}`;

type AuthOf<C extends Operations> = C[keyof C]['auth'];

/** The names of the authorizers that a contract requires. */
export type AuthorizerNames<C extends Operations> = Extract<AuthOf<C>, LambdaAuth>['authorizer'];

/** An authorizer for each name in the contract, with any module: `AuthorizersCheck` checks the module. See `Routes`. */
export type Authorizers<C extends Operations> = {
  readonly [_ in AuthorizerNames<C>]: Omit<LambdaAuthorizerProps, 'handler'> & {
    readonly handler: () => unknown;
  };
};

/** Compile-time check: each module is the authorizer's, and all its needs are bound. */
export type AuthorizersCheck<C extends Operations, A, B> = {
  readonly [Name in keyof A]: A[Name] extends {
    readonly handler: () => Promise<infer M extends AuthorizerOf<C, Name>>;
  }
    ? BindCheck<M, B>
    : { readonly 'the handler is not made for this authorizer': Name };
};

type AuthorizerOf<C extends Operations, Name> = AuthorizerModule<
  Extract<AuthOf<C>, LambdaAuth & { readonly authorizer: Name }>
>;
