import type { Operations } from './operation.js';

export interface ApiInfo {
  /** Lower-case name of the service, as in `products`; it names outputs, metrics and the address. */
  readonly name: string;
  /** Version of the contract (semantic versioning). */
  readonly version: string;
  readonly title?: string;
  readonly description?: string;
}

export const apiInfo: unique symbol = Symbol.for('cdk-trellis.apiInfo') as never;

/** The operations of an API, by name, and what the API is called. */
export type Contract<C extends Operations = Operations> = C & { readonly [apiInfo]: ApiInfo };
