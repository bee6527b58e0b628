import type { BindableOf, TableAccess } from './binding.js';
import type { BindingRequest } from './resolve-bindings.js';

/** How a function may use each kind of resource. */
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
 * A resource and how the function may use it, as in `{ to: orders, access: 'read' }`, or a text or number for its
 * configuration, as in `{ to: 'beta' }`. Each is allowed what the need of the same name allows a typed handler.
 */
export type ResourceAccess =
  | {
      readonly [Kind in keyof Accesses]: {
        readonly to: BindableOf<Kind>;
        readonly access: Accesses[Kind];
      };
    }[keyof Accesses]
  | { readonly to: string | number; readonly access?: undefined };

/**
 * Resources by the names that the function knows them by: `orders`, bound to a table, is in its environment variable
 * ORDERS_TABLE.
 */
export type ResourceAccesses = Readonly<Record<string, ResourceAccess>>;

/**
 * What the bindings ask for.
 *
 * @param called how messages call the bindings: `bind.` where they are that property
 */
export function wantedBy(bindings: ResourceAccesses, called = ''): BindingRequest[] {
  return Object.entries(bindings).map(([name, binding]) => ({
    name,
    // Users of JavaScript may have written anything.
    to: binding?.to,
    access: binding?.access,
    called: { to: `\`${called}${name}.to\``, access: `\`${called}${name}.access\`` },
  }));
}
