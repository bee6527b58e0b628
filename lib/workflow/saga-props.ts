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

/** Module of the check whether a saga is cancelled. */
export interface CancelModule<D extends AnyDefinition> {
  readonly handler: (
    event: { readonly input: TypesOf<D>['input']; readonly execution: SagaExecution },
    // biome-ignore lint/suspicious/noExplicitAny: a handler may declare Lambda's context or omit it.
    context: any,
  ) => Promise<boolean>;
}

/** Module that receives the outcome of a saga. */
export type OutcomeModule<D extends AnyDefinition> = ModuleTaking<
  SagaOutcome<TypesOf<D>['context'], TypesOf<D>['code']>
>;

/** Thresholds of a saga's alarms. */
export interface SagaAlarmProps extends AlarmTarget {
  /** Executions that may fail for a technical reason in five minutes. @default 0 */
  readonly failures?: number;
  /** Maximum duration of an execution. @default - five minutes, plus the `wait` of its callbacks */
  readonly duration?: Duration;
  /**
   * Time after which an execution that is still open counts as stuck, also one that waits for a person; a half-hourly check
   * lists them. `false` disables the check and its alarm. An express saga has neither: it ends within five minutes.
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
  /** Steps and their undos: `defineSaga(Order).step(...)`. */
  readonly definition: D & SagaBindCheck<TypesOf<D>['modules'] | C | O, B>;
  /** Resources for the functions' needs, by name. Each function gets only the access that it declares. @default - none */
  readonly bind?: B;
  /**
   * Check whether the saga is cancelled. It runs between the steps, with the `input`; after `true` the finished steps are
   * undone. It does not run after the last step: let that one refuse, by a condition on its write.
   *
   * @default - it cannot be cancelled. The check costs an invocation and a transition for each step except the first.
   */
  readonly cancelled?: SagaCode<C>;
  /**
   * Handler of the outcome, for example to publish an event. It is retried by `undoRetry`, and like an undo it waits for
   * a person if it keeps failing; it may run twice for one outcome.
   *
   * @default - the outcome is only the output of the execution
   */
  readonly onOutcome?: SagaCode<O>;
  /**
   * `express` costs less and ends within five minutes. Step Functions may run it twice, keeps no history, and does not
   * wait, neither for responses nor for a person if an undo keeps failing. Synth fails if it could take longer.
   *
   * @default 'standard'
   */
  readonly type?: 'standard' | 'express';
  /** Properties of every function of the saga. A step's properties override them; environments are merged. @default - those of HandlerFunction */
  readonly functions?: SagaFunctionOptions;
  /** Alarms on failing, slow and stuck executions, and on those that wait for a person; `false` disables them. @default - all four */
  readonly alarms?: SagaAlarmProps | false;
  /** Properties of the state machine; they override the defaults. */
  readonly stateMachine?: Partial<Omit<StateMachineProps, 'definitionBody' | 'stateMachineType' | 'timeout'>>;
}
