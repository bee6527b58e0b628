import type { StateMachineProps } from 'aws-cdk-lib/aws-stepfunctions';
import type { Duration } from 'aws-cdk-lib/core';
import type { Bindables } from '../bindings/binding.js';
import type { AlarmTarget } from '../observability/alarm.js';
import type { SagaExecution, SagaOutcome } from '../runtime/handlers/saga-execution.js';
import type { SagaDefinition } from './saga-definition.js';
import type {
  ModuleTaking,
  SagaBindCheck,
  SagaCode,
  SagaFunctionOptions,
  StepOptions,
} from './saga-types.js';

// biome-ignore lint/suspicious/noExplicitAny: the definition of any saga.
export type AnyDefinition = SagaDefinition<any, any, any, any, any>;

type TypesOf<D extends AnyDefinition> = NonNullable<D['types']>;

/** A module that says whether a saga is cancelled. */
export interface CancelModule<D extends AnyDefinition> {
  readonly handler: (
    event: { readonly input: TypesOf<D>['input']; readonly execution: SagaExecution },
    // biome-ignore lint/suspicious/noExplicitAny: Lambda's own context, or none.
    context: any,
  ) => Promise<boolean>;
}

/** A module that is told how a saga ended. */
export type OutcomeModule<D extends AnyDefinition> = ModuleTaking<
  SagaOutcome<TypesOf<D>['context'], TypesOf<D>['code']>
>;

export interface SagaAlarmProps extends AlarmTarget {
  /** How many executions may fail for a technical reason in five minutes. @default 0 */
  readonly failures?: number;
  /** How long an execution may take from start to end. @default - five minutes, and the waits for answers */
  readonly duration?: Duration;
  /**
   * Time after which an execution that is still open counts as stuck, also one that waits for a person; an hourly check
   * looks for them. `false` for no check and no alarm. An express saga has none: it ends within five minutes.
   * @default - `duration`
   */
  readonly stuckAfter?: Duration | false;
}

export interface SagaProps<
  D extends AnyDefinition,
  B extends Bindables,
  C extends CancelModule<D>,
  O extends OutcomeModule<D>,
> extends Pick<StepOptions, 'retry' | 'undoRetry'> {
  /** What is done, and undone: `saga(Order).step(...)`. */
  readonly definition: D & SagaBindCheck<TypesOf<D>['modules'] | C | O, B>;
  /** What the functions need, by the names they gave it. Each is granted only what it declared. @default - nothing */
  readonly bind?: B;
  /**
   * Says whether the saga is cancelled; it is asked between the steps, with the `input`, and what is done is undone then.
   * Too late for the last step: let that one refuse, by a condition on what it writes.
   *
   * @default - it cannot be cancelled. Asking costs an invocation and a transition for each step but the first.
   */
  readonly cancelled?: SagaCode<C>;
  /**
   * Is told how the saga ended: the place to publish an event. It is retried by `undoRetry`, and like an undo it
   * waits for a person when it keeps failing; it may be told twice.
   *
   * @default - the outcome is only the output of the execution
   */
  readonly onOutcome?: SagaCode<O>;
  /**
   * `express` costs less and ends within five minutes, and Step Functions may run it twice, keeps no history, and does
   * not wait: for answers, or for a person when an undo keeps failing. Its synth fails when it could take longer.
   *
   * @default 'standard'
   */
  readonly type?: 'standard' | 'express';
  /** Properties of every function of the saga. A step's own win; environments are merged. @default - those of NodeFunction */
  readonly functions?: SagaFunctionOptions;
  /** Alarms on failing, slow and stuck executions, and on those that wait for a person; `false` for none. @default - all four */
  readonly alarms?: SagaAlarmProps | false;
  /** Any property of the state machine underneath; it wins over the defaults. */
  readonly stateMachine?: Partial<Omit<StateMachineProps, 'definitionBody' | 'stateMachineType' | 'timeout'>>;
}
