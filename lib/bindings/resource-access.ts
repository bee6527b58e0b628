import type { BindableOf, Resources } from './binding.js';
import type * as kinds from './kinds/index.js';
import type { BindingRequest } from './resolve-bindings.js';

/** Kinds of needs that are bound to a value, which has no access. */
type ValueKind = {
  [Name in keyof Resources]: [Resources[Name]] extends [never]
    ? never
    : Resources[Name] extends string | number
      ? Name
      : never;
}[keyof Resources];

/** Accesses of a function by kind of resource. */
export type Accesses = {
  readonly [Name in Exclude<keyof typeof kinds, ValueKind>]: keyof (typeof kinds)[Name]['actions'];
};

/**
 * A resource with the access of the function, as in `{ to: orders, access: 'read' }`, or a text or number for its
 * configuration, as in `{ to: 'beta' }`. The permissions are those of the same need of a typed handler.
 */
export type ResourceAccess =
  | {
      readonly [Kind in keyof Accesses]: {
        readonly to: BindableOf<Kind>;
        readonly access: Accesses[Kind];
      };
    }[keyof Accesses]
  | { readonly to: Resources[ValueKind]; readonly access?: undefined };

/** Resources by name: `orders`, bound to a table, sets the environment variable ORDERS_TABLE. */
export type ResourceAccesses = Readonly<Record<string, ResourceAccess>>;

/**
 * Converts bindings to requests.
 *
 * @param prefix prefix of names in messages, such as `bind.` for that property
 */
export function requestsOf(bindings: ResourceAccesses, prefix = ''): BindingRequest[] {
  return Object.entries(bindings).map(([name, binding]) => ({
    name,
    // JavaScript users may pass anything.
    to: binding?.to,
    access: binding?.access,
    label: { to: `\`${prefix}${name}.to\``, access: `\`${prefix}${name}.access\`` },
  }));
}
