import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bindable } from '../../../lib/bindings/binding.js';
import { INDEX } from './probes.js';

/** One access to one kind of resource, as `table` and `read`. */
export interface Access {
  readonly kind: string;
  readonly access: string;
  /** A logical id. */
  readonly id: string;
}

const FOLDER = join(__dirname, '../../../lib/bindings');

/** Stands for any resource: a binding says its kind and accesses before it looks at one. */
const ANY = new Proxy({}, { get: () => 'any' });

/** Every access to every kind of resource for which lib/bindings has a binding. */
export function allAccesses(): Access[] {
  return bindings().flatMap(({ bindingKind: kind, accesses = [] }) =>
    accesses.map((access) => ({ kind, access, id: idOf(kind, access) })),
  );
}

function bindings(): Bindable[] {
  const modules = readdirSync(FOLDER).map((file) => require(join(FOLDER, file)) as Record<string, unknown>);
  // By name: some modules export bindings of others.
  const functions = new Map(modules.flatMap(Object.entries).filter(([name]) => name.endsWith('Binding')));
  return [...functions].flatMap(([name, bind]) => {
    const make = bind as (...args: unknown[]) => Bindable;
    if (name === 'valueBinding') return [make('text', 'any'), make('number', 1)];
    return [name === 'tableBinding' ? make(ANY, [INDEX]) : make(ANY)];
  });
}

function idOf(kind: string, access: string): string {
  return `${kind} ${access}`
    .split(/[^a-zA-Z]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
