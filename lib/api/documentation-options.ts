import type { LambdaAuth } from '../contract/auth.js';

/** Path and authorization of the documentation. */
export interface DocumentationOptions {
  /**
   * Authorization to read it, as of an operation. A group or several scopes are not possible: only functions check them.
   * @default 'public'
   */
  readonly auth?: 'public' | 'user' | 'iam' | { readonly scopes: readonly [string] } | LambdaAuth;
  /**
   * Prefix of `/openapi.json` and `/docs`, as in `/products`. Behind a site with several APIs it must be the first
   * segment of this API's paths.
   * @default - no prefix
   */
  readonly path?: `/${string}`;
}
