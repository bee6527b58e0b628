// A file for each kind of need in ./kinds: its calls, a handler for each access, and something to bind it to.
import * as cdk from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as trellis from 'cdk-trellis';
import type { BoundHandler, Need } from 'cdk-trellis/runtime';
import type { NeedKind } from '../../lib/bindings/kind.js';
import * as kinds from '../../lib/bindings/kinds/index.js';
import type { Probes } from './probing.js';

/** Stack in which a fixture creates its resource. CDK is a parameter, because the file's handlers are bundled. */
export interface FixtureStack {
  readonly cdk: typeof cdk;
  readonly trellis: typeof trellis;
  readonly stack: cdk.Stack;
  /** A key for the resource, if it can have one. */
  readonly key?: IKey | undefined;
}

type AnyHandler = BoundHandler<never, unknown, { readonly it: Need }>;

/** Parts of a kind's fixture. */
export interface NeedFixture {
  readonly probes: (client: never) => Probes;
  /** Creates what the need is bound to. */
  readonly resource: (at: FixtureStack) => trellis.Bindables[string];
  /** Imports it from another region; absent if the client is not public. */
  readonly imported?: (at: FixtureStack) => trellis.Bindables[string];
  /** Handlers by the name of their export. */
  readonly handlers: Readonly<Record<string, AnyHandler>>;
}

/** An access to a kind of need, with the export that has a handler of it. */
export interface Access {
  readonly kind: string;
  readonly access: string;
  readonly exportName: string;
  readonly need: Need<string, string, unknown>;
}

/** The rows of the table. */
export const ROWS = new Map(Object.entries<NeedKind<string, string, never, unknown>>(kinds));
export const KINDS = [...ROWS.keys()];

/** @throws Error that names the missing file */
export function fixtureOf(kind: string): NeedFixture {
  let module: Record<string, unknown>;
  try {
    module = require(`./kinds/${kind}.js`);
  } catch (error) {
    const text = `Tests of the kind of need ${kind} need test/bindings/kinds/${kind}.ts, in the form of topic.ts there`;
    throw new Error(text, { cause: error });
  }
  const { probes, resource, imported, ...others } = module as unknown as NeedFixture;
  const handlers = Object.entries(others).filter(([, value]) => 'needs' in (value as object));
  return { probes, resource, imported, handlers: Object.fromEntries(handlers) as never };
}

/** Returns every access to a kind of need. @throws Error if a fixture has no handler of one */
export function accessesOf(kind: string): Access[] {
  const handlers = Object.entries(fixtureOf(kind).handlers);
  return Object.keys(ROWS.get(kind)!.actions).map((access) => {
    const [exportName, handler] = handlers.find(([, { needs }]) => needs.it.access === access) ?? [];
    if (!exportName || !handler) {
      throw new Error(`test/bindings/kinds/${kind}.ts must export a handler with the access ${access}`);
    }
    return { kind, access, exportName, need: handler.needs.it };
  });
}

export const allAccesses = (): Access[] => KINDS.flatMap(accessesOf);

/** Creates something that a need of the kind is bound to. */
export function resourceOf(kind: string, stack: cdk.Stack, key?: IKey): trellis.Bindables[string] {
  return fixtureOf(kind).resource({ cdk, trellis, stack, key });
}

/** Imports it from us-east-1. */
export function importedOf(kind: string, stack: cdk.Stack): trellis.Bindables[string] | undefined {
  return fixtureOf(kind).imported?.({ cdk, trellis, stack });
}
