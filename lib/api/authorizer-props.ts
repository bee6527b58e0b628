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

/** A Lambda authorizer: its module, what it is asked with, and properties of its function. */
export interface LambdaAuthorizerProps<A extends LambdaAuth = LambdaAuth> extends NodeFunctionOptions {
  /** The module that calls `authorizer`, as in `() => import('../lambda/authorizers/partners.js')`. */
  readonly handler: () => Promise<AuthorizerModule<A>>;
  /**
   * `token`: it is asked with one header; a request without it is refused before the function runs. `request`: it is
   * asked with the whole request.
   * @default 'token'
   */
  readonly type?: 'token' | 'request';
  /**
   * What in the request says who the caller is, as in `['headers.x-partner-key', 'query.tenant']`; an authorizer of
   * type `token` has one header. With `cache`, a request that lacks one of them is refused before the function runs.
   * @default ['headers.Authorization']
   */
  readonly identitySources?: readonly IdentitySource[];
  /**
   * How long its answer holds for the same identity sources, at most an hour. An answer holds for all operations of
   * the API with this authorizer: keep none that depends on anything but the identity sources.
   * @default 5 minutes with type `token`, and not at all with type `request`
   */
  readonly cache?: Duration;
  /**
   * A regular expression, as Java has them, that the header must match in full; a request that does not is refused
   * before the function runs. Only with type `token`.
   * @default - every header is handed on
   */
  readonly pattern?: string;
}

export type IdentitySource = `headers.${string}` | `query.${string}` | `stageVariables.${string}`;

type AuthOf<C extends Operations> = C[keyof C]['auth'];

/** The names of the authorizers that a contract asks for. */
export type AuthorizerNames<C extends Operations> = Extract<AuthOf<C>, LambdaAuth>['authorizer'];

/** An authorizer for each name in the contract, with any module: `AuthorizersCheck` says which one it may be. See `Routes`. */
export type Authorizers<C extends Operations> = {
  readonly [_ in AuthorizerNames<C>]: Omit<LambdaAuthorizerProps, 'handler'> & {
    readonly handler: () => unknown;
  };
};

/** What the compiler says of authorizers of something else, and of those whose needs are not bound. */
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
