import type { Operations } from './operation.js';

/** Name, version and description of an API. */
export interface ApiInfo {
  /** Lower-case name of the service, for example `products`; part of outputs, metrics and the URL. */
  readonly name: string;
  /** Version of the contract (semantic versioning). */
  readonly version: string;
  readonly title?: string;
  readonly description?: string;
}

export const apiInfo: unique symbol = Symbol.for('cdk-trellis.apiInfo') as never;

/** Operations of an API by name, with its `ApiInfo`. */
export type Contract<C extends Operations = Operations> = C & { readonly [apiInfo]: ApiInfo };
