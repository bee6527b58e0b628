import type { Duration } from 'aws-cdk-lib/core';
import type { input as InputOf, ZodType } from 'zod';
import { type PlannedStep, plannedStep, plannedSteps } from './planned-step.js';
import type {
  CaseOf,
  ChoicePath,
  CodeOf,
  DoneBy,
  ModulesIn,
  ModuleTaking,
  NewName,
  NoRefusal,
  ResultOf,
  SagaCode,
  StepCheck,
  StepGroup,
  StepInput,
  StepOptions,
  UndoInput,
} from './saga-types.js';

/** What a saga does, one after the other. */
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
 * The steps of a saga. Each method returns a new one, so a beginning can be shared.
 *
 * `Context` is what its steps have added so far, `Modules` what needs bindings, `Code` what it can be refused with.
 */
export class SagaDefinition<
  Input = unknown,
  Context extends object = { readonly input: Input },
  Modules = never,
  Code extends string = never,
  Answers = never,
> {
  /** Only for the compiler. */
  declare readonly types?: {
    readonly input: Input;
    readonly context: Context;
    readonly modules: Modules;
    readonly code: Code;
    readonly answers: Answers;
  };

  /** @internal Begun by `saga()`. */
  constructor(
    /** What the saga is started with. */
    readonly input: ZodType,
    /** @internal */
    readonly nodes: readonly SagaNode[],
  ) {}

  /**
   * Adds a step: `do` is given the context so far, and its result is added to it under the step's name. When it fails or
   * is refused, its own `undo` runs first, for it may have had an effect, then those of the earlier steps in reverse.
   */
  step<
    const Name extends string,
    Do extends ModuleTaking<StepInput<Context>>,
    Undo extends ModuleTaking<UndoInput<Context, Name, ResultOf<Do>>> = never,
  >(
    name: Name & NewName<Name, Context>,
    step: { readonly do: SagaCode<Do>; readonly undo?: SagaCode<Undo> & NoRefusal<Undo> } & StepOptions,
  ): SagaDefinition<
    Input,
    Context & { readonly [Own in Name]: ResultOf<Do> },
    Modules | Do | Undo,
    Code | CodeOf<Do>,
    Answers
  > {
    return this.with({ kind: 'step', step: plannedStep(name, step) });
  }

  /**
   * Adds a step that waits for an answer from outside: of a person, or of another system. `do` is also given
   * `taskToken`, which whoever answers needs: `saga(Answer).respond` in a handler. A "no" is an answer, too: let the next
   * step refuse.
   *
   * @param step `answer` is the schema of the answer, `wait` how long to wait for it
   */
  waitForCallback<
    const Name extends string,
    Answer extends ZodType,
    Do extends ModuleTaking<StepInput<Context> & { readonly taskToken: string }>,
    Undo extends ModuleTaking<UndoInput<Context, Name, InputOf<Answer>>> = never,
  >(
    name: Name & NewName<Name, Context>,
    step: {
      readonly do: SagaCode<Do>;
      readonly answer: Answer;
      /** When it is over, the saga is undone. At most a year. */
      readonly wait: Duration;
      readonly undo?: SagaCode<Undo> & NoRefusal<Undo>;
    } & StepOptions,
  ): SagaDefinition<
    Input,
    Context & { readonly [Own in Name]: InputOf<Answer> },
    Modules | Do | Undo,
    Code,
    Answers | InputOf<Answer>
  > {
    return this.with({ kind: 'callback', step: plannedStep(name, step), wait: step?.wait });
  }

  /**
   * Adds steps that run at the same time. All of them come to their end; when one has failed, all are undone, the last
   * one first, then the earlier steps.
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
    Answers
  > {
    return this.with({ kind: 'parallel', steps: Object.values(plannedSteps(steps)) });
  }

  /**
   * Adds a step whose code a value of the context selects: one case for each that the value may have. The result, of
   * whichever case, is added under the name.
   *
   * @param on where the value is: `input.method`, or in a result, `quote.kind`
   * @param cases a step for each; `{ do: nothing }` where nothing is to be done, and nothing is added
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
    Context & { readonly [Own in Name]: ResultOf<DoneBy<Cases[keyof Cases]>> },
    Modules | ModulesIn<Cases[keyof Cases]>,
    Code | CodeOf<DoneBy<Cases[keyof Cases]>>,
    Answers
  > {
    return this.with({ kind: 'choice', name, on, cases: plannedSteps(cases, `${name}: `) });
  }

  private with<Definition>(node: SagaNode): Definition {
    return new SagaDefinition(this.input, [...this.nodes, node]) as Definition;
  }
}
