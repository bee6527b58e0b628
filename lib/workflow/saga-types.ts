import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Duration } from 'aws-cdk-lib/core';
import type { ZodType } from 'zod';
import type { BindCheck } from '../bindings/binding.js';
import type { NodeFunctionOptions } from '../function/node-function-props.js';
import type { Refused, SagaExecution, SagaFailure } from '../runtime/handlers/saga-execution.js';

/** A module whose handler can be given this. */
export interface ModuleTaking<Event> {
  // biome-ignore lint/suspicious/noExplicitAny: Lambda's own context, or none.
  readonly handler: (event: Event, context: any) => Promise<unknown>;
}

/** A module whose handler checks the saga's input: one that is made by `step()`. */
export interface ModuleChecking<Event> extends ModuleTaking<Event> {
  readonly handler: ModuleTaking<Event>['handler'] & { readonly reads: { readonly input: ZodType } };
}

/**
 * Code of a saga: a module, as in `() => import('../lambda/orders/reserve.js')`; a module and properties of its
 * function; or a function that exists, whose types are known when it is a `NodeFunction`.
 */
export type SagaCode<Module> =
  | (() => Promise<Module>)
  | (SagaFunctionOptions & { readonly handler: () => Promise<Module> })
  | (IFunction & { readonly module?: Module });

/** Properties of a step's function. Its timeout is the step's. */
export type SagaFunctionOptions = Omit<NodeFunctionOptions, 'timeout' | 'invokedSynchronously'>;

/** How a function that failed is invoked again. Each pause is a random part of what is given here. */
export interface RetryPolicy {
  /** How often it is invoked at most, the first time included; 1 for no retry. @default 3, and 8 for an undo; 2 and 3 in an express saga */
  readonly attempts?: number;
  /** Before the first retry, whole seconds. @default Duration.seconds(1) */
  readonly interval?: Duration;
  /** What each pause is longer by than the one before, at least 1. @default 2 */
  readonly backoff?: number;
  /** The longest pause. @default Duration.minutes(1) */
  readonly maxInterval?: Duration;
}

/** What can be said about a step besides its code. */
export interface StepOptions {
  /** How a step is retried when it fails; a refusal never is. @default - twice, after 1 and 2 seconds; once in an express saga */
  readonly retry?: RetryPolicy;
  /** How an undo is retried, before it waits for a person. @default - seven times, over two minutes; twice in an express saga */
  readonly undoRetry?: RetryPolicy;
  /**
   * How long one invocation of the step, or of its undo, may take; at most 15 minutes. It is the timeout of their
   * functions, so that an undo never runs beside its step. Required with an imported function: it must be at least
   * that function's own.
   *
   * @default - 10 seconds, or the timeout of the function given
   */
  readonly timeout?: Duration;
}

/** What a handler returned, as the next one reads it. */
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

// biome-ignore lint/suspicious/noExplicitAny: every handler is one.
type Returned<Module> = Module extends { readonly handler: (...args: any[]) => infer R }
  ? Awaited<R>
  : unknown;

/** What a step adds to the context. */
export type ResultOf<Module> = Module extends NothingModule
  ? undefined
  : Json<Exclude<Returned<Module>, Refused>>;

/** The module of a case in which nothing is done. */
export interface NothingModule {
  readonly handler: (event: unknown) => Promise<never>;
  readonly isNothing: true;
}

/** The codes that a step can refuse with. */
export type CodeOf<Module> = CodesIn<Returned<Module>>;
type CodesIn<Result> = Result extends Refused<infer Code> ? Code : never;

/** What a step's handler is given. */
export type StepInput<Context> = Context & { readonly execution: SagaExecution };

/** What an undo's handler is given: its own step's result only when there is one. */
export type UndoInput<Context, Name extends string, Result> = Context & {
  readonly [Own in Name]?: Result;
} & { readonly execution: SagaExecution; readonly failure: SagaFailure };

/** `unknown`, if the undo cannot refuse. */
export type NoRefusal<Module> = [CodeOf<Module>] extends [never]
  ? unknown
  : { readonly 'an undo must not refuse': CodeOf<Module> };

/** Code with any module: `StepCheck` says which one it may be. See `Routes` of an API. */
type AnyCode = (() => unknown) | (SagaFunctionOptions & { readonly handler: () => unknown }) | IFunction;

/** Steps that run in parallel, or the cases of a choice, by their names. */
export type StepGroup = Readonly<
  Record<string, StepOptions & { readonly do: AnyCode; readonly undo?: AnyCode }>
>;

type ModuleOf<Code> = Code extends () => Promise<infer Module>
  ? Module
  : Code extends { readonly handler: () => Promise<infer Module> }
    ? Module
    : Code extends { readonly module?: infer Module }
      ? Module
      : unknown;

/** The module of what a step does. */
export type DoneBy<Step> = Step extends { readonly do: infer Code } ? ModuleOf<Code> : never;

type UndoneBy<Step> = Step extends { readonly undo: infer Code } ? ModuleOf<Code> : never;

export type ModulesIn<Step> = DoneBy<Step> | UndoneBy<Step>;

/** `unknown`, if the step's code has such a module. */
type CodeCheck<Step, Key extends string, Module> = Step extends { readonly [Own in Key]: SagaCode<Module> }
  ? unknown
  : SagaCode<Module>;

/** What a step of a group must be: `step()` of a saga has the same in its parameters. */
export type StepCheck<Context, Name extends string, Step> = {
  readonly do: CodeCheck<Step, 'do', ModuleTaking<StepInput<Context>>>;
  readonly undo?: CodeCheck<Step, 'undo', ModuleTaking<UndoInput<Context, Name, ResultOf<DoneBy<Step>>>>>;
} & NoRefusal<UndoneBy<Step>> & {
    readonly [Key in Exclude<keyof Step, 'do' | 'undo' | keyof StepOptions>]: {
      readonly 'there is no such property': Key;
    };
  };

/** `unknown`, if a step can be called so. */
export type NewName<Name extends string, Context> = Name extends keyof Context
  ? { readonly 'there is a step of this name': Name }
  : unknown;

/** The paths of a context whose values select a case: `input.method`. */
export type ChoicePath<Context, Depth extends readonly unknown[] = []> = Depth['length'] extends 5
  ? never
  : {
      [Key in keyof Context & string]: IsChoice<Context[Key]> extends true
        ? Key
        : Context[Key] extends readonly unknown[]
          ? never
          : NonNullable<Context[Key]> extends object
            ? `${Key}.${ChoicePath<NonNullable<Context[Key]>, [...Depth, unknown]>}`
            : never;
    }[keyof Context & string];

type IsChoice<Value> = [NonNullable<Value>] extends [string | boolean]
  ? string extends NonNullable<Value>
    ? false
    : true
  : false;

/** The cases that a path of the context has. */
export type CaseOf<Context, Path extends string> = Path extends `${infer Key}.${infer Rest}`
  ? Key extends keyof Context
    ? CaseOf<NonNullable<Context[Key]>, Rest>
    : never
  : Path extends keyof Context
    ? `${NonNullable<Context[Path]> & (string | boolean)}`
    : never;

/** `unknown` if the bindings resolveBindings all of the modules; else a type that names what is missing. */
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
