import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Duration } from 'aws-cdk-lib/core';
import type { ZodType } from 'zod';
import type { BindCheck } from '../bindings/binding.js';
import type { NodeFunctionOptions } from '../function/node-function-props.js';
import type { Refused, SagaExecution, SagaFailure } from '../runtime/handlers/saga-execution.js';
import type { CallCheck, CallModule, SagaCall } from './saga-call.js';

/** A module whose handler accepts this event. */
export interface ModuleTaking<Event> {
  // biome-ignore lint/suspicious/noExplicitAny: a handler may declare Lambda's context or omit it.
  readonly handler: (event: Event, context: any) => Promise<unknown>;
}

/** A module whose handler validates the saga's input: one that calls `step()`. */
export interface ModuleChecking<Event> extends ModuleTaking<Event> {
  readonly handler: ModuleTaking<Event>['handler'] & { readonly reads: { readonly input: ZodType } };
}

/**
 * Code of a saga: a module, as in `() => import('../lambda/orders/reserve.js')`; a module and properties of its
 * function; or an existing function, whose types are known if it is a `HandlerFunction`.
 */
export type SagaCode<Module> =
  | (() => Promise<Module>)
  | (SagaFunctionOptions & { readonly handler: () => Promise<Module> })
  | (IFunction & { readonly module?: Module });

/** Properties of a step's function. Its timeout is that of the step. */
export type SagaFunctionOptions = Omit<NodeFunctionOptions, 'timeout' | 'invokedSynchronously'>;

/** Retries of a failed function. Each pause is a random part of the values given here. */
export interface RetryPolicy {
  /** Maximum invocations including the first; 1 for no retry. @default 3, and 8 for an undo; 2 and 3 in an express saga */
  readonly attempts?: number;
  /** Pause before the first retry, whole seconds. @default Duration.seconds(1) */
  readonly interval?: Duration;
  /** Factor by which each pause is longer than the previous one, at least 1. @default 2 */
  readonly backoff?: number;
  /** Maximum pause. @default Duration.minutes(1) */
  readonly maxInterval?: Duration;
}

/** Options of a step besides its code. */
export interface StepOptions {
  /** Retries of a failed step; a refusal is never retried. @default - twice, after 1 and 2 seconds; once in an express saga */
  readonly retry?: RetryPolicy;
  /** Retries of an undo before it waits for a person. @default - seven times, over two minutes; twice in an express saga */
  readonly undoRetry?: RetryPolicy;
  /**
   * Maximum duration of one invocation of the step, or of its undo; at most 15 minutes. It is the timeout of their
   * functions, so that an undo never runs beside its step. With an imported function it is required, and must be at
   * least that function's timeout.
   *
   * @default - 10 seconds, or the timeout of the existing function
   */
  readonly timeout?: Duration;
}

/** Result of a handler after JSON serialization, as the next handler reads it. */
export type Json<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null
    ? T
    : T extends undefined
      ? null
      : T extends { toJSON(): infer Value }
        ? Json<Value>
        : {
            -readonly [Key in keyof T]:
              | Json<Exclude<T[Key], undefined>>
              | (undefined extends T[Key] ? undefined : never);
          };

// biome-ignore lint/suspicious/noExplicitAny: every handler matches.
type Returned<Module> = Module extends { readonly handler: (...args: any[]) => infer R }
  ? Awaited<R>
  : unknown;

/** Part of the context that a step adds. */
export type ResultOf<Module> = Module extends NothingModule
  ? undefined
  : Json<Exclude<Returned<Module>, Refused>>;

/** Module of a case without a step. */
export interface NothingModule {
  readonly handler: (event: unknown) => Promise<never>;
  readonly isNothing: true;
}

/** Codes with which a step can refuse. */
export type CodeOf<Module> = CodesIn<Returned<Module>>;
type CodesIn<Result> = Result extends Refused<infer Code> ? Code : never;

/** Event of a step's handler. */
export type StepInput<Context> = Context & { readonly execution: SagaExecution };

/** Event of an undo's handler: the result of its own step is optional. */
export type UndoInput<Context, Name extends string, Result> = Context & {
  readonly [Key in Name]?: Result;
} & { readonly execution: SagaExecution; readonly failure: SagaFailure };

/** `unknown` if the undo cannot refuse. */
export type NoRefusal<Module> = [CodeOf<Module>] extends [never]
  ? unknown
  : { readonly 'an undo must not refuse': CodeOf<Module> };

/** Code with any module: `StepCheck` restricts it. See `Routes` of an API. */
type AnyCode =
  | (() => unknown)
  | (SagaFunctionOptions & { readonly handler: () => unknown })
  | IFunction
  | SagaCall;

/** A step with any modules: `StepCheck` restricts it. */
export type AnyStep = StepOptions & {
  /** Code of the step: a module, an existing function, or a call of one. */
  readonly do: AnyCode;
  /** Code that undoes the step. */
  readonly undo?: AnyCode;
};

/** Steps that run in parallel, or the cases of a choice, by their names. */
export type StepGroup = Readonly<Record<string, AnyStep>>;

type ModuleOf<Code> = Code extends () => Promise<infer Module>
  ? Module
  : Code extends { readonly handler: () => Promise<infer Module> }
    ? Module
    : Code extends SagaCall
      ? CallModule<Code>
      : Code extends { readonly module?: infer Module }
        ? Module
        : unknown;

/** Module of a step's `do`. */
export type DoneBy<Step> = Step extends { readonly do: infer Code } ? ModuleOf<Code> : never;

type UndoneBy<Step> = Step extends { readonly undo: infer Code } ? ModuleOf<Code> : never;

export type ModulesIn<Step> = DoneBy<Step> | UndoneBy<Step>;

/** `unknown` if the step's code accepts such an event. */
type CodeCheck<Step, Key extends string, Event> = Step extends {
  readonly [Name in Key]: infer Code extends SagaCall;
}
  ? CallCheck<Event, Code>
  : Step extends { readonly [Name in Key]: SagaCode<ModuleTaking<Event>> }
    ? unknown
    : SagaCode<ModuleTaking<Event>>;

/** Type of a step whose codes accept these events. @typeParam More properties besides the options of a step */
export type CodeChecks<Event, UndoEvent, Step, More = never> = {
  readonly do: CodeCheck<Step, 'do', Event>;
  readonly undo?: CodeCheck<Step, 'undo', UndoEvent>;
} & NoRefusal<UndoneBy<Step>> & {
    readonly [Key in Exclude<keyof Step, keyof AnyStep | More>]: { readonly 'unknown property': Key };
  };

/** Type of a step at its place in a saga. */
export type StepCheck<Context, Name extends string, Step> = CodeChecks<
  StepInput<Context>,
  UndoInput<Context, Name, ResultOf<DoneBy<Step>>>,
  Step
>;

/** `unknown` if the name is not used yet. */
export type NewName<Name extends string, Context> = Name extends keyof Context
  ? { readonly 'there is a step of this name': Name }
  : unknown;

/** `unknown` if all needs of the modules are bound; otherwise a type that names the missing ones. */
export type SagaBindCheck<Modules, B> = [Unbound<Modules, B>] extends [never]
  ? unknown
  : { readonly 'not bound, or to the wrong kind': Unbound<Modules, B> };

type Unbound<Modules, B> = Modules extends unknown
  ? BindCheck<Modules, B> extends infer Check
    ? unknown extends Check
      ? never
      : Check[keyof Check]
    : never
  : never;
