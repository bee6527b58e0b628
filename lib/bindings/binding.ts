import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Need } from '../runtime/needs/need.js';
import type { Bindable, Binding } from './bindable.js';
import type { NeedKind } from './kind.js';
import type * as kinds from './kinds/index.js';

export type { Bindable, Binding } from './bindable.js';
export { type TableAccess, tableBinding } from './kinds/table.js';

/** CDK resources and values by the kind of need they can be bound to, besides the constructs of this library. */
export type Resources = {
  readonly [Name in keyof typeof kinds]: NonNullable<(typeof kinds)[Name]['bound']>;
};

type AnyKind = NeedKind<string, string, never, unknown>;

let loaded: readonly AnyKind[] | undefined;

/** Returns all kinds. An app that binds only constructs of this library does not load them. */
function allKinds(): readonly AnyKind[] {
  loaded ??= Object.values<AnyKind>(require('./kinds/index.js') as typeof kinds);
  return loaded;
}

/** Targets for a need of a kind: a construct of this library that has the access, or CDK's own resource. */
export type BindableOf<Kind extends string, Access extends string = string> =
  | (Bindable<Kind> & { bindingFor(access: Access): Binding })
  | (Kind extends keyof Resources ? Resources[Kind] : never);

/** Bindings by the names of handlers' needs. */
export type Bindables = Readonly<Record<string, Bindable | Resources[keyof Resources]>>;

/** The needs of a module's handler; empty for a plain handler. */
// biome-ignore lint/complexity/noBannedTypes: `{}` is the type without members that `keyof` makes `never` of.
export type NeedsOf<Module> = Module extends { readonly handler: { readonly needs: infer N } } ? N : {};

/** Names of needs that the stack serves by default. */
type Served<N> = {
  // biome-ignore lint/suspicious/noExplicitAny: the client of the need does not matter here.
  [Name in keyof N]: N[Name] extends Need<'idempotency', string, any> ? Name : never;
}[keyof N];

/** The bindings that a module's handler requires. */
export type BindOf<Module> = {
  readonly [Name in Exclude<keyof NeedsOf<Module>, Served<NeedsOf<Module>>>]: BoundTo<NeedsOf<Module>[Name]>;
} & { readonly [Name in Served<NeedsOf<Module>>]?: BoundTo<NeedsOf<Module>[Name]> };

/**
 * Bindings of a need. If the types are known, a function must have the need's module, and a queue's worker must accept
 * the need's message.
 */
type BoundTo<N> =
  N extends Need<'invoke', string, { readonly module?: infer Module }>
    ? Bindable<'invoke'> | (IFunction & { readonly module?: Module })
    : N extends Need<'queue', infer Access, { readonly message?: infer Message }>
      ? BindableOf<'queue', Access> & (unknown extends Message ? unknown : TakesOnly<Message>)
      : // biome-ignore lint/suspicious/noExplicitAny: the client of another need does not matter here.
        N extends Need<infer Kind, infer Access, any>
        ? BindableOf<Kind, Access>
        : never;

/** Excludes queues whose worker accepts another message type. */
type TakesOnly<Message> = { readonly takes?: (message: Message) => void };

type NotBound<N, B> = {
  [Name in keyof N]: Name extends keyof B
    ? B[Name] extends BoundTo<N[Name]>
      ? never
      : Name
    : Exclude<Name, Served<N>>;
}[keyof N];

/**
 * `unknown` if the bindings (which other handlers may share) satisfy the module's needs; otherwise a type that names
 * the unsatisfied ones.
 */
export type BindCheck<Module, B> = [NotBound<NeedsOf<Module>, B>] extends [never]
  ? unknown
  : { readonly 'not bound, or to the wrong kind': NotBound<NeedsOf<Module>, B> };

/** Converts a value to a bindable. @returns undefined if the value cannot be bound */
export function asBindable(value: unknown): Bindable | undefined {
  if (typeof value === 'object' && value !== null && 'bindingKind' in value && 'bindingFor' in value) {
    return value as Bindable;
  }
  return allKinds()
    .find((kind) => kind.recognizes(value))
    ?.bind(value as never);
}
