import { MAX_CONTEXT_BYTES } from '../../runtime/saga-size.js';

// JSONata, in which a state machine computes what it passes on.
// https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html

/** The error by which a person says that a parked undo is done. */
export const DONE_BY_HAND = 'DoneByHand';

/** What the states pass on: the results of the steps. */
export const CONTEXT = '$states.input';
const INPUT = '"input": $states.context.Execution.Input';
const RUN_ID = '$states.context.Execution.Name & "@" & $states.context.Execution.StartTime';
const EXECUTION = `"execution": {"id": $states.context.Execution.Id, "name": $states.context.Execution.Name, "runId": ${RUN_ID}}`;

export const jsonata = (expression: string): string => `{% ${expression} %}`;

/** A text as JSONata has it. */
export const quoted = (text: string): string => JSON.stringify(text);

/** What a function is invoked with. @param more further properties */
export function eventOf(context: string, more = ''): string {
  return `$merge([${context}, {${INPUT}, ${EXECUTION}${more && `, ${more}`}}])`;
}

/** The context with a step's result, or with the reason why it has none. */
export function withResult(context: string, key: string, result: string): string {
  const failure = failureOf(key, '$result.sagaFailure');
  return `($result := ${result}; $merge([${context}, $exists($result.sagaFailure) ? ${failure} : {${quoted(key)}: $result}]))`;
}

/**
 * The same with a result whose size nothing has checked: an answer from outside, or what a function of another make has
 * returned. The states after it could not pass on a context that is too large, not even to undo the saga.
 */
export function withUncheckedResult(context: string, key: string, result: string): string {
  const refusal = failureOf(key, '$result.sagaFailure');
  const all = `$merge([${context}, {${quoted(key)}: $result}])`;
  return `($result := ${result}; $all := ${all}; $exists($result.sagaFailure) ? $merge([${context}, ${refusal}]) : ${IS_TOO_LARGE} ? $merge([${context}, ${tooLarge(key)}]) : $all)`;
}

/** The context with the results of parallel steps, which were each checked alone. @param name of the parallel state */
export function withResults(name: string): string {
  const failure = `$exists($all.failure) ? {"failure": $all.failure} : ${tooLarge(name)}`;
  return `($all := $merge($append([${CONTEXT}], $states.result)); ${IS_TOO_LARGE} ? $merge([${CONTEXT}, ${failure}]) : $all)`;
}

/** JSONata counts characters: each that is not ASCII is counted as the four bytes that it has at most. */
const IS_TOO_LARGE = `($text := $string($merge([$all, {${INPUT}, ${EXECUTION}}])); $length($text) + 3 * $length($join($split($text, /[ -~]+/))) > ${MAX_CONTEXT_BYTES})`;

function tooLarge(step: string): string {
  const cause = quoted(`The context with this result has more than ${MAX_CONTEXT_BYTES} bytes`);
  return failureOf(step, `{"kind": "failed", "error": "States.DataLimitExceeded", "cause": ${cause}}`);
}

/** The context after an error. */
export function withError(context: string, key: string): string {
  return `$merge([${context}, ${failureOf(key, `{"kind": "failed", ${ERROR}}`)}])`;
}

/** A long cause would leave no room for the context. */
const ERROR =
  '"error": $substring($states.errorOutput.Error, 0, 200), "cause": $substring($states.errorOutput.Cause, 0, 1000)';

export function failureOf(step: string, reason: string): string {
  return `{"failure": {"step": ${quoted(step)}, "reason": ${reason}}}`;
}

export const HAS_FAILED = `$exists(${CONTEXT}.failure)`;
export const IS_INVALID = `${CONTEXT}.failure.reason.kind = "invalid"`;

/** The context after the check whether the saga is cancelled, which came before this step. */
export function withCancellation(step: string): string {
  const isCancelled = `$states.result.Payload = true and $not(${HAS_FAILED})`;
  return `${isCancelled} ? $merge([${CONTEXT}, ${failureOf(step, '{"kind": "cancelled"}')}]) : ${CONTEXT}`;
}

/** The context after that check has failed. */
export function withFailedCheck(step: string): string {
  return `${HAS_FAILED} ? ${CONTEXT} : ${withError(CONTEXT, step)}`;
}

/** The context after an undo has failed. */
export const WITH_UNDO_ERROR = `$merge([${CONTEXT}, {"undoFailure": {${ERROR}}}])`;

/** Whether a value of the context is this one: of `input.method`, or of a result. */
export function isCase(on: string, value: string): string {
  const [first, ...rest] = on.split('.');
  const [root, path] =
    first === 'input' ? ['$states.context.Execution.Input', rest] : [CONTEXT, [first, ...rest]];
  return `$string(${[root, ...path.map((key) => `\`${key}\``)].join('.')}) = ${quoted(value)}`;
}

const OWN_KEYS = '["failure", "undoFailure", "unfinished", "unwritten"]';
const RESULTS = `$sift(${CONTEXT}, function($value, $key) { $not($key in ${OWN_KEYS}) })`;

export const COMPLETED = `{"status": "completed", ${EXECUTION}, "context": $merge([${RESULTS}, {${INPUT}}])}`;
export const REFUSED = `{"status": "refused", ${EXECUTION}, "reason": ${CONTEXT}.failure.reason, "context": {${INPUT}}}`;
export const UNDONE = `{"status": "undone", ${EXECUTION}, "failedStep": ${CONTEXT}.failure.step, "reason": ${CONTEXT}.failure.reason, "unfinished": ${CONTEXT}.unfinished, "unwritten": ${CONTEXT}.unwritten, "context": $merge([${RESULTS}, {${INPUT}}])}`;

/** Of an outcome. That a person could not be told of an undo is technical, whatever the saga was undone for. */
export const IS_TECHNICAL = `${CONTEXT}.reason.kind in ["failed", "invalid"] or $exists(${CONTEXT}.unwritten)`;
/** A cause has 32,768 characters at most. https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
export const CAUSE = `$substring($string({"failedStep": ${CONTEXT}.failedStep, "reason": ${CONTEXT}.reason, "unwritten": ${CONTEXT}.unwritten}), 0, 30000)`;

/** What is written down for the person who goes on with what waits. @param what what has failed */
export function waitingMessage(what: string): string {
  const token = '$states.context.Task.Token';
  const command = (text: string) => `${quoted(`aws stepfunctions ${text} --task-token '`)} & ${token} & "'"`;
  const parts = [
    `"problem": ${quoted(`${what} failed at all retries. The execution waits.`)}`,
    `"execution": $states.context.Execution.Id`,
    `"failure": ${CONTEXT}.undoFailure`,
    `"taskToken": ${token}`,
    `"tryAgain": ${command("send-task-success --task-output '{}'")}`,
    `"goOnBecauseItIsDoneByHand": ${command(`send-task-failure --error ${DONE_BY_HAND}`)}`,
    '"afterwards": "Delete this message."',
  ];
  return `$string({${parts.join(', ')}})`;
}

/** The same of an express execution, which cannot wait. @param what what has failed @param functionArn of what is to be invoked */
export function leftMessage(what: string, functionArn: string, event: string): string {
  const parts = [
    `"problem": ${quoted(`${what} failed at all retries. The execution went on without it.`)}`,
    `"execution": $states.context.Execution.Id`,
    `"failure": ${CONTEXT}.undoFailure`,
    `"function": ${quoted(functionArn)}`,
    `"event": ${event}`,
    '"afterwards": "Invoke the function with the event, and delete this message."',
  ];
  return `$string({${parts.join(', ')}})`;
}

/** The context of an express saga after an undo was left to a person. */
export function withUnfinished(key: string): string {
  return `$merge([${CONTEXT}, {${added('unfinished', key)}}])`;
}

/** The same when the person could not be told. */
export function withUnwritten(key: string): string {
  return `$merge([${CONTEXT}, {${added('unfinished', key)}, ${added('unwritten', key)}}])`;
}

function added(list: string, key: string): string {
  return `${quoted(list)}: $append(${CONTEXT}.${list}, [${quoted(key)}])`;
}
