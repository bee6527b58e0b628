import type { Duration } from 'aws-cdk-lib/core';
import type { input as InputOf, ZodType } from 'zod';
import type { CaseOf, ChoicePath } from './choice-types.js';
import { type PlannedStep, plannedStep, plannedSteps } from './planned-step.js';
import type {
  AnyStep,
  CodeChecks,
  CodeOf,
  DoneBy,
  ModulesIn,
  NewName,
  ResultOf,
  StepCheck,
  StepGroup,
  StepInput,
  UndoInput,
} from './saga-types.js';

/** Part of a saga; the parts run one after the other. */
export type SagaNode =
  | { readonly kind: 'step'; readonly step: PlannedStep }
  | { readonly kind: 'callback'; readonly step: PlannedStep; readonly wait: Duration | undefined }
  | { readonly kind: 'parallel'; readonly steps: readonly PlannedStep[] }
  | {
      readonly kind: 'choice';
      readonly name: string;
      readonly on: string;
      readonly cases: Readonly<Record<string, PlannedStep>>;
    };

/**
 * Steps of a saga. Each method returns a new definition, so that several can share their first steps.
 *
 * `Context` is the context after its steps, `Modules` the modules with needs, `Code` the codes with which it can be refused.
 */
export class SagaDefinition<
  Input = unknown,
  Context extends object = { readonly input: Input },
  Modules = never,
  Code extends string = never,
  Responses = never,
> {
  /** Types for the compiler only. */
  declare readonly types?: {
    readonly input: Input;
    readonly context: Context;
    readonly modules: Modules;
    readonly code: Code;
    readonly responses: Responses;
  };

  /** @internal Use `defineSaga()`. */
  constructor(
    /** Schema of the input. */
    readonly input: ZodType,
    /** @internal */
    readonly nodes: readonly SagaNode[],
  ) {}

  /**
   * Adds a step: `do` gets the context so far, and its result is added under the step's name. If it fails or is refused,
   * its own `undo` runs first, since it may have had an effect, then those of the earlier steps in reverse order.
   *
   * @param step `do` and `undo` are modules, existing functions, or calls of functions: `{ function, input, refused }`
   */
  step<const Name extends string, const Step extends AnyStep>(
    name: Name & NewName<Name, Context>,
    step: Step & StepCheck<Context, Name, Step>,
  ): SagaDefinition<
    Input,
    Context & { readonly [Key in Name]: ResultOf<DoneBy<Step>> },
    Modules | ModulesIn<Step>,
    Code | CodeOf<DoneBy<Step>>,
    Responses
  > {
    return this.with({ kind: 'step', step: plannedStep(name, step) });
  }

  /**
   * Adds a step that waits for a response from outside: of a person, or of another system. `do` also gets a `taskToken`
   * to pass on; a handler with `saga(Response).respond` sends it back. Model a negative response as a response, too,
   * and let the next step refuse.
   *
   * @param step `response` is the schema of the response, `wait` the maximum time to wait for it
   */
  waitForCallback<const Name extends string, Response extends ZodType, const Step extends AnyStep>(
    name: Name & NewName<Name, Context>,
    step: {
      readonly response: Response;
      /** Time after which the saga is undone. At most a year. */
      readonly wait: Duration;
    } & Step &
      CodeChecks<
        StepInput<Context> & { readonly taskToken: string },
        UndoInput<Context, Name, InputOf<Response>>,
        Step,
        'response' | 'wait'
      >,
  ): SagaDefinition<
    Input,
    Context & { readonly [Key in Name]: InputOf<Response> },
    Modules | ModulesIn<Step>,
    Code,
    Responses | InputOf<Response>
  > {
    return this.with({ kind: 'callback', step: plannedStep(name, step), wait: step?.wait });
  }

  /**
   * Adds steps that run at the same time. All run to their end; if one has failed, all are undone, the last one first,
   * then the earlier steps.
   */
  parallel<const Steps extends StepGroup>(
    steps: Steps & {
      readonly [Name in keyof Steps]: StepCheck<Context, Name & string, Steps[Name]> &
        NewName<Name & string, Context>;
    },
  ): SagaDefinition<
    Input,
    Context & { readonly [Name in keyof Steps]: ResultOf<DoneBy<Steps[Name]>> },
    Modules | ModulesIn<Steps[keyof Steps]>,
    Code | CodeOf<DoneBy<Steps[keyof Steps]>>,
    Responses
  > {
    return this.with({ kind: 'parallel', steps: Object.values(plannedSteps(steps)) });
  }

  /**
   * Adds a step whose code depends on a value of the context: one case for each possible value. The result of the
   * selected case is added under the name.
   *
   * @param on path of the value: `input.method`, or in a result, `quote.kind`
   * @param cases a step for each; `{ do: nothing }` for a case without a step and without a result
   */
  choice<const Name extends string, const Path extends ChoicePath<Context>, const Cases extends StepGroup>(
    name: Name & NewName<Name, Context>,
    on: Path,
    cases: Cases & { readonly [Case in CaseOf<Context, Path>]: unknown } & {
      readonly [Case in keyof Cases]: StepCheck<Context, Name, Cases[Case]> &
        (Case extends CaseOf<Context, Path> ? unknown : { readonly 'the value is never this': Case });
    },
  ): SagaDefinition<
    Input,
    Context & { readonly [Key in Name]: ResultOf<DoneBy<Cases[keyof Cases]>> },
    Modules | ModulesIn<Cases[keyof Cases]>,
    Code | CodeOf<DoneBy<Cases[keyof Cases]>>,
    Responses
  > {
    return this.with({ kind: 'choice', name, on, cases: plannedSteps(cases, `${name}: `) });
  }

  private with<Definition>(node: SagaNode): Definition {
    return new SagaDefinition(this.input, [...this.nodes, node]) as Definition;
  }
}
