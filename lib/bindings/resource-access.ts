import type { BindableOf, TableAccess } from './binding.js';
import type { BindingRequest } from './resolve-bindings.js';

/** Accesses of a function by kind of resource. */
export interface Accesses {
  readonly bucket: 'read' | 'write' | 'readWrite';
  readonly bus: 'publish';
  readonly idempotency: 'idempotency';
  readonly invoke: 'call' | 'send';
  readonly parameter: 'read';
  readonly queue: 'send';
  readonly saga: 'start' | 'respond';
  readonly secret: 'read';
  readonly table: TableAccess;
  readonly topic: 'publish';
  readonly users: 'read' | 'manage';
  readonly workflow: 'start';
}

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
  | { readonly to: string | number; readonly access?: undefined };

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
