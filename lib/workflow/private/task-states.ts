import {
  CONTEXT,
  DONE_BY_HAND,
  eventOf,
  jsonata,
  leftMessage,
  WITH_UNDO_ERROR,
  waitingMessage,
  withError,
  withResult,
  withUncheckedResult,
  withUnfinished,
  withUnwritten,
} from './expressions.js';
import {
  type Entry,
  type Invocation,
  integration,
  type MachinePlan,
  type MachineStep,
  type State,
  WAITING_QUEUE,
} from './machine-plan.js';
import { retriers, WRITTEN_DOWN, writtenInTime } from './retry.js';

/** The queue keeps a message for 14 days: a new one is written before. */
const PARKED_SECONDS = 12 * 24 * 60 * 60;

/** Where an express execution ends whose outcome could neither be told nor be written down. */
export const NOT_TOLD_STATE = 'The outcome was not told';

/** Errors of a callback that are no failures of its function. */
const NO_ANSWER = ['States.Timeout', 'SagaResponseFailed'];

/** A state that invokes a function. @param event as an expression */
export function invoking({ arn, seconds, retry }: Invocation, event: string, isExpress: boolean): State {
  return {
    Type: 'Task',
    Resource: integration('Invoke'),
    Arguments: { FunctionName: arn, Payload: jsonata(event) },
    TimeoutSeconds: seconds,
    Retry: retriers(retry, isExpress),
  };
}

/** The context after a step. */
function resultOf({ key, do: { isUnchecked } }: MachineStep, context: string): string {
  const add = isUnchecked ? withUncheckedResult : withResult;
  return add(context, key, '$states.result.Payload');
}

/** A step that comes after others. */
export function doing(step: MachineStep, isExpress: boolean, next: string, onFailure: string): State {
  return {
    ...invoking(step.do, eventOf(CONTEXT), isExpress),
    Output: jsonata(resultOf(step, CONTEXT)),
    Catch: caught(withError(CONTEXT, step.key), onFailure),
    Next: next,
  };
}

/** The first step: its state's input is the saga's input, and the context is still empty. */
export function beginning(step: MachineStep, isExpress: boolean, next: string, onFailure: string): State {
  return {
    ...invoking(step.do, eventOf('{}'), isExpress),
    Output: jsonata(resultOf(step, '{}')),
    Catch: caught(withError('{}', step.key), onFailure),
    Next: next,
  };
}

/** A step that hands over a token, and waits for who brings it back. */
export function waiting(step: MachineStep, seconds: number, next: string, onFailure: string): State {
  return {
    ...invoking(step.do, eventOf(CONTEXT, '"taskToken": $states.context.Task.Token'), false),
    Resource: integration('InvokeAndWait'),
    TimeoutSeconds: seconds,
    Retry: retriers(step.do.retry, false, NO_ANSWER),
    Output: jsonata(withUncheckedResult(CONTEXT, step.key, '$states.result')),
    Catch: caught(withError(CONTEXT, step.key), onFailure),
    Next: next,
  };
}

/** A step of a parallel state, as a branch: it always comes to its end, and its output is what it adds to the context. */
export function branch(step: MachineStep, isExpress: boolean): State {
  const failed = `${step.title} failed`;
  const { Next: _, ...task } = doing(step, isExpress, '', failed);
  const Output = jsonata(resultOf(step, '{}'));
  const Catch = caught(withError('{}', step.key), failed);
  return {
    StartAt: step.title,
    States: { [step.title]: { ...task, Output, Catch, End: true }, [failed]: { Type: 'Pass', End: true } },
  };
}

/** Something that must be done in the end: where it goes on, and with what, also when a person has done it. */
export interface Obligation {
  /** The name of its state. */
  readonly name: string;
  /** How people call it: `The undo of pay`. */
  readonly what: string;
  readonly key: string;
  readonly invocation: Invocation;
  /** What its function is invoked with, and what it passes on; expressions. */
  readonly event: string;
  readonly output: string;
  readonly next: string;
}

/** The states of an obligation: what invokes its function, and what waits for a person when that keeps failing. */
export function obligation(plan: MachinePlan, one: Obligation): Entry[] {
  const park = `Wait for a person: ${one.name}`;
  const task = {
    ...invoking(one.invocation, one.event, plan.isExpress),
    Output: jsonata(one.output),
    Catch: caught(WITH_UNDO_ERROR, park),
    Next: one.next,
  };
  return [
    [one.name, task],
    [park, plan.isExpress ? left(one) : parked(one)],
  ];
}

/**
 * A message that cannot be written, because of a policy or a key, ends the execution as failed in this state: the alarm
 * on failures is on then, and the execution can be redriven. https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */
function parked({ name, what, output, next }: Obligation): State {
  return {
    Type: 'Task',
    Resource: integration('SendMessageAndWait'),
    Arguments: { QueueUrl: WAITING_QUEUE, MessageBody: jsonata(waitingMessage(what)) },
    TimeoutSeconds: PARKED_SECONDS,
    Retry: writtenInTime(DONE_BY_HAND),
    Output: jsonata(CONTEXT),
    Catch: [{ ErrorEquals: [DONE_BY_HAND], Output: jsonata(output), Next: next }],
    Next: name,
  };
}

/**
 * An express execution cannot wait: a message has all that is needed, and the other undos run. They do also when the
 * message cannot be written; the execution ends as failed then, and its cause names those undos.
 */
function left({ what, key, invocation, event, output, next }: Obligation): State {
  const isUndo = output === CONTEXT;
  const wayOn = isUndo ? next : NOT_TOLD_STATE;
  return {
    Type: 'Task',
    Resource: integration('SendMessage'),
    Arguments: { QueueUrl: WAITING_QUEUE, MessageBody: jsonata(leftMessage(what, invocation.arn, event)) },
    Retry: WRITTEN_DOWN,
    Catch: caught(isUndo ? withUnwritten(key) : CONTEXT, wayOn),
    Output: jsonata(isUndo ? withUnfinished(key) : output),
    Next: next,
  };
}

/**
 * Catchers of every error that can be caught: `States.ALL` does not match the first one.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function caught(output: string, next: string): readonly object[] {
  const way = { Output: jsonata(output), Next: next };
  return [
    { ErrorEquals: ['States.DataLimitExceeded'], ...way },
    { ErrorEquals: ['States.ALL'], ...way },
  ];
}
