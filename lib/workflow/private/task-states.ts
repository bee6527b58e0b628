import {
  CONTEXT,
  callEvent,
  callResult,
  DONE_BY_HAND,
  eventOf,
  expressMessage,
  jsonata,
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
import { EXPRESS_MESSAGE_RETRIERS, messageRetriers, retriers } from './retry.js';

/** Interval of messages: the queue keeps each for 14 days, so a new one is sent before. */
const PARKED_SECONDS = 12 * 24 * 60 * 60;

/** Final state of an express execution whose outcome could be neither delivered nor sent to the queue. */
export const NOT_DELIVERED_STATE = 'The outcome was not delivered';

/** Errors of a callback that its function did not cause. */
const CALLBACK_ERRORS = ['States.Timeout', 'SagaResponseFailed'];

/** Creates a state that invokes a function. @param event as an expression */
export function invoking({ arn, seconds, retry }: Invocation, event: string, isExpress: boolean): State {
  return {
    Type: 'Task',
    Resource: integration('Invoke'),
    Arguments: { FunctionName: arn, Payload: jsonata(event) },
    TimeoutSeconds: seconds,
    Retry: retriers(retry, isExpress),
  };
}

/** Returns the event of a function. @param more further properties of the context */
export function eventFor({ call }: Invocation, more = ''): string {
  return call ? callEvent(call.input) : eventOf(CONTEXT, more);
}

/** Returns the context after a step. */
function resultOf({ key, do: { isUnchecked, call } }: MachineStep, context: string): string {
  const add = isUnchecked ? withUncheckedResult : withResult;
  const response = '$states.result.Payload';
  return add(context, key, call?.refused ? callResult(call.refused, response) : response);
}

/** Creates the state of a step after others. */
export function doing(step: MachineStep, isExpress: boolean, next: string, onFailure: string): State {
  return {
    ...invoking(step.do, eventFor(step.do), isExpress),
    Output: jsonata(resultOf(step, CONTEXT)),
    Catch: caught(withError(CONTEXT, step.key), onFailure),
    Next: next,
  };
}

/** Creates the state of the first step: its input is the saga's input, and the context is still empty. */
export function beginning(step: MachineStep, isExpress: boolean, next: string, onFailure: string): State {
  return {
    ...invoking(step.do, eventOf('{}'), isExpress),
    Output: jsonata(resultOf(step, '{}')),
    Catch: caught(withError('{}', step.key), onFailure),
    Next: next,
  };
}

/** Creates the state of a step that sends a token and waits for its return. */
export function waiting(step: MachineStep, seconds: number, next: string, onFailure: string): State {
  return {
    ...invoking(step.do, eventFor(step.do, '"taskToken": $states.context.Task.Token'), false),
    Resource: integration('InvokeAndWait'),
    TimeoutSeconds: seconds,
    Retry: retriers(step.do.retry, false, CALLBACK_ERRORS),
    Output: jsonata(withUncheckedResult(CONTEXT, step.key, '$states.result')),
    Catch: caught(withError(CONTEXT, step.key), onFailure),
    Next: next,
  };
}

/** Creates a branch of a parallel state. It always succeeds, and its output is its addition to the context. */
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

/** Work that must be done eventually, and the transition after it, also if a person does it. */
export interface Obligation {
  /** Name of its state. */
  readonly name: string;
  /** Subject in messages: `The undo of pay`. */
  readonly label: string;
  readonly key: string;
  readonly invocation: Invocation;
  /** Expressions: the event of its function, and the output of the state. */
  readonly event: string;
  readonly output: string;
  readonly next: string;
}

/** Creates the states of an obligation: the invocation of its function, and the wait for a person if that keeps failing. */
export function obligation(plan: MachinePlan, work: Obligation): Entry[] {
  const park = `Wait for a person: ${work.name}`;
  const task = {
    ...invoking(work.invocation, work.event, plan.isExpress),
    Output: jsonata(work.output),
    Catch: caught(WITH_UNDO_ERROR, park),
    Next: work.next,
  };
  return [
    [work.name, task],
    [park, plan.isExpress ? sent(work) : parked(work)],
  ];
}

/**
 * Creates the state that sends a message and waits for a person. If the message cannot be sent, because of a policy or
 * a key, the execution fails in this state: the alarm on failures is raised, and the execution can be redriven.
 * https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */
function parked({ name, label, output, next }: Obligation): State {
  return {
    Type: 'Task',
    Resource: integration('SendMessageAndWait'),
    Arguments: { QueueUrl: WAITING_QUEUE, MessageBody: jsonata(waitingMessage(label)) },
    TimeoutSeconds: PARKED_SECONDS,
    Retry: messageRetriers(DONE_BY_HAND),
    Output: jsonata(CONTEXT),
    Catch: [{ ErrorEquals: [DONE_BY_HAND], Output: jsonata(output), Next: next }],
    Next: name,
  };
}

/**
 * Creates the state that sends a message without waiting, which an express execution cannot do. The message has all that
 * a person needs, and the other undos run, also if the message cannot be sent: the execution then fails, and its cause
 * names those undos.
 */
function sent({ label, key, invocation, event, output, next }: Obligation): State {
  const isUndo = output === CONTEXT;
  const nextOnError = isUndo ? next : NOT_DELIVERED_STATE;
  return {
    Type: 'Task',
    Resource: integration('SendMessage'),
    Arguments: {
      QueueUrl: WAITING_QUEUE,
      MessageBody: jsonata(expressMessage(label, invocation.arn, event)),
    },
    Retry: EXPRESS_MESSAGE_RETRIERS,
    Catch: caught(isUndo ? withUnwritten(key) : CONTEXT, nextOnError),
    Output: jsonata(isUndo ? withUnfinished(key) : output),
    Next: next,
  };
}

/**
 * Returns catchers of every catchable error: `States.ALL` does not match the first one.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function caught(output: string, next: string): readonly object[] {
  const transition = { Output: jsonata(output), Next: next };
  return [
    { ErrorEquals: ['States.DataLimitExceeded'], ...transition },
    { ErrorEquals: ['States.ALL'], ...transition },
  ];
}
