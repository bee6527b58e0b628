/** The execution of a saga. Its fields are the same for all steps, undos and retries. */
export interface SagaExecution {
  /** The ARN of the execution. */
  readonly id: string;
  /** The name that the execution was started with. */
  readonly name: string;
  /**
   * Owner of every effect: the name and the start time of the execution. Step Functions forgets a name 90 days after
   * the execution has ended and then accepts it again, so two executions can have the same name.
   * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
   */
  readonly runId: string;
}

/** A business refusal: a result, not an error. Nothing is retried, and the finished steps are undone. */
export interface Refused<Code extends string = string> {
  readonly sagaFailure: {
    readonly kind: 'refused';
    readonly code: Code;
    readonly message?: string;
  };
}

/**
 * Reason for which a saga is undone.
 *
 * - `refused`: a step returned `refused(code)`
 * - `failed`: a step failed at all retries, or timed out; `cause` is the beginning of Lambda's error
 * - `cancelled`: the flag was set before the step
 * - `invalid`: the context does not match the schemas of the step
 */
export type SagaReason<Code extends string = string> =
  | Refused<Code>['sagaFailure']
  | { readonly kind: 'failed'; readonly error: string; readonly cause?: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'invalid'; readonly problems: readonly SagaProblem[] };

/** Validation error and its path: `.input.lines[0].quantity`. Only the first ten are listed. */
export interface SagaProblem {
  readonly path: string;
  readonly message: string;
}

/** Failure passed to an undo besides the context: the failed step and the reason. */
export interface SagaFailure<Code extends string = string> {
  readonly step: string;
  readonly reason: SagaReason<Code>;
}

/**
 * Outcome of a saga.
 *
 * - `completed`: all steps succeeded
 * - `undone`: `failedStep` did not succeed, and the finished steps were undone
 * - `refused`: the input was not valid, and no step ran
 */
export type SagaOutcome<SagaContext = { readonly input: unknown }, Code extends string = string> =
  | { readonly status: 'completed'; readonly execution: SagaExecution; readonly context: SagaContext }
  | {
      readonly status: 'undone';
      readonly execution: SagaExecution;
      readonly failedStep: string;
      readonly reason: SagaReason<Code>;
      /** The input, and the results of the steps that returned one. */
      readonly context: Partial<SagaContext>;
      /** Steps of an express saga whose undo failed: a message in its queue has their input. */
      readonly unfinished?: readonly string[];
      /** Unfinished steps for which no message could be written. The execution then fails, whatever the reason. */
      readonly unwritten?: readonly string[];
    }
  | {
      readonly status: 'refused';
      readonly execution: SagaExecution;
      readonly reason: SagaReason<never>;
      readonly context: { readonly input: unknown };
    };
