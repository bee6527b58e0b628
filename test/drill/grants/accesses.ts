import type { Bindable } from '../../../lib/bindings/binding.js';
import * as kinds from '../../../lib/bindings/kinds/index.js';
import { tableBinding } from '../../../lib/bindings/kinds/table.js';
import { INDEX } from './probes.js';

/** An access to a kind of resource, as `table` and `read`. */
export interface Access {
  readonly kind: string;
  readonly access: string;
  /** A logical id. */
  readonly id: string;
}

/** Substitute for any resource: a binding has its kind and accesses before it reads the resource. */
const ANY = new Proxy({}, { get: () => 'any' });

/** Every access to every kind of resource in the table of kinds, except a saga's, whose response needs a running step. */
export function allAccesses(): Access[] {
  return bindings().flatMap(({ bindingKind: kind, accesses = [] }) =>
    accesses.map((access) => ({ kind, access, id: idOf(kind, access) })),
  );
}

function bindings(): Bindable[] {
  const { saga: _, table: __, ...others } = kinds;
  return [
    tableBinding(ANY as never, [INDEX]),
    ...Object.values(others).map(({ bind }) => (bind as (resource: never) => Bindable)(ANY as never)),
  ];
}

function idOf(kind: string, access: string): string {
  return `${kind} ${access}`
    .split(/[^a-zA-Z]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
