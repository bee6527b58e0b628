import type { LambdaAuth } from '../contract/auth.js';

/** Where the documentation is, and who may read it. */
export interface DocumentationOptions {
  /**
   * Who may read it, as in an operation of the contract: but a group and several scopes, which functions check.
   * @default 'public': who wants it hidden leaves it out
   */
  readonly auth?: 'public' | 'user' | 'iam' | { readonly scopes: readonly [string] } | LambdaAuth;
  /**
   * What `/openapi.json` and `/docs` come after, as in `/products`: behind a site with several APIs that is the first
   * part of this one's paths.
   * @default - nothing
   */
  readonly path?: `/${string}`;
}
