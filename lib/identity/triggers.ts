import type { Bindables, BindCheck, NeedsOf } from '../bindings/binding.js';
import type { HandlerFunction } from '../function/handler-function.js';
import type { HandlerModule, NodeFunctionOptions } from '../function/node-function-props.js';
import type { TriggerEvents, TriggerName } from '../runtime/handlers/trigger.js';
import type { Need } from '../runtime/needs/need.js';

/** Module with the handler of a trigger: made with `trigger`, or any handler that takes the event and returns it. */
export interface TriggerModule<T extends TriggerName> {
  // biome-ignore lint/suspicious/noExplicitAny: the context is Lambda's, or whatever the handler makes of it.
  readonly handler: ((event: TriggerEvents[T], context: any) => unknown) & { readonly trigger?: T };
}

/** A trigger's module, or the module and properties of its function. */
export type TriggerCode<T extends TriggerName> =
  | (() => Promise<TriggerModule<T>>)
  | (TriggerOptions & { readonly handler: () => Promise<TriggerModule<T>> });

/** Properties of a trigger's function. Cognito waits for the response, at most five seconds. */
export type TriggerOptions = Omit<NodeFunctionOptions, 'invokedSynchronously'>;

/** Functions of a user pool's triggers, with any module: `TriggersCheck` checks the module. See `Routes`. */
export type Triggers = {
  readonly [_ in TriggerName]?: (() => unknown) | (TriggerOptions & { readonly handler: () => unknown });
};

type ModuleOf<Code> = Code extends () => Promise<infer Module extends HandlerModule>
  ? Module
  : Code extends { readonly handler: () => Promise<infer Module extends HandlerModule> }
    ? Module
    : never;

/** Names of needs that the pool itself satisfies, unless another resource is bound to them. */
type OwnUsers<N> = {
  // biome-ignore lint/suspicious/noExplicitAny: the client of the need does not matter here.
  [Name in keyof N]: N[Name] extends Need<'users', string, any> ? Name : never;
}[keyof N];

type Unserved<N, B> = Omit<N, Exclude<OwnUsers<N>, string extends keyof B ? never : keyof B>>;

/** Compile-time check: each module is made for its trigger, and its needs are bound. */
export type TriggersCheck<T, B> = {
  readonly [Name in keyof T]: Name extends TriggerName
    ? T[Name] extends TriggerCode<Name> | undefined
      ? [ModuleOf<T[Name]>] extends [never]
        ? unknown
        : BindCheck<{ readonly handler: { readonly needs: Unserved<NeedsOf<ModuleOf<T[Name]>>, B> } }, B>
      : TriggerCode<Name>
    : { readonly 'unknown trigger': Name };
};

/** Functions of the configured triggers. */
export type TriggerFunctions<T> = { readonly [Name in keyof T]: HandlerFunction };

/** Triggers without the compile-time check. */
export interface AnyTriggers {
  readonly triggers?: { readonly [T in TriggerName]?: TriggerCode<T> };
  readonly bind?: Bindables;
}
