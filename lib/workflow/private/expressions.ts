import { MAX_CONTEXT_BYTES } from '../../runtime/saga-size.js';
import type { CallInput, CallRefusals } from '../saga-call.js';

// Expressions in JSONata, with which the states of a saga compute their output.
// https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html

/** Error with which a person reports that a parked undo is done. */
export const DONE_BY_HAND = 'DoneByHand';

/** Data that the states pass on: the results of the steps. */
export const CONTEXT = '$states.input';
const INPUT = '"input": $states.context.Execution.Input';
const RUN_ID = '$states.context.Execution.Name & "@" & $states.context.Execution.StartTime';
const EXECUTION_PARTS = `{"id": $states.context.Execution.Id, "name": $states.context.Execution.Name, "runId": ${RUN_ID}}`;
const EXECUTION = `"execution": ${EXECUTION_PARTS}`;

export const jsonata = (expression: string): string => `{% ${expression} %}`;

/** Returns a string literal of JSONata. */
export const quoted = (text: string): string => JSON.stringify(text);

/** Returns the event of a function. @param more further properties */
export function eventOf(context: string, more = ''): string {
  return `$merge([${context}, {${INPUT}, ${EXECUTION}${more && `, ${more}`}}])`;
}

/** Returns the context with a step's result, or with the reason why it has none. */
export function withResult(context: string, key: string, result: string): string {
  const failure = failureOf(key, '$result.sagaFailure');
  return `($result := ${result}; $merge([${context}, $exists($result.sagaFailure) ? ${failure} : {${quoted(key)}: $result}]))`;
}

/**
 * Returns the same context for a result of unchecked size: a response from outside, or the result of a function without
 * `step()`. The later states could not pass on a context that is too large, not even to undo the saga.
 */
export function withUncheckedResult(context: string, key: string, result: string): string {
  const refusal = failureOf(key, '$result.sagaFailure');
  const all = `$merge([${context}, {${quoted(key)}: $result}])`;
  return `($result := ${result}; $all := ${all}; $exists($result.sagaFailure) ? $merge([${context}, ${refusal}]) : ${IS_TOO_LARGE} ? $merge([${context}, ${tooLarge(key)}]) : $all)`;
}

/** Returns the context with the results of parallel steps, which were checked separately. @param name of the parallel state */
export function withResults(name: string): string {
  const failure = `$exists($all.failure) ? {"failure": $all.failure} : ${tooLarge(name)}`;
  return `($all := $merge($append([${CONTEXT}], $states.result)); ${IS_TOO_LARGE} ? $merge([${CONTEXT}, ${failure}]) : $all)`;
}

/** Condition for a large context. JSONata counts characters: each non-ASCII one counts as its maximum of four bytes. */
const IS_TOO_LARGE = `($text := $string($merge([$all, {${INPUT}, ${EXECUTION}}])); $length($text) + 3 * $length($join($split($text, /[ -~]+/))) > ${MAX_CONTEXT_BYTES})`;

function tooLarge(step: string): string {
  const cause = quoted(`The context with this result has more than ${MAX_CONTEXT_BYTES} bytes`);
  return failureOf(step, `{"kind": "failed", "error": "States.DataLimitExceeded", "cause": ${cause}}`);
}

/** Returns the context after an error. */
export function withError(context: string, key: string): string {
  return `$merge([${context}, ${failureOf(key, `{"kind": "failed", ${ERROR}}`)}])`;
}

/** Shortened error: a long cause would leave no room for the context. */
const ERROR =
  '"error": $substring($states.errorOutput.Error, 0, 200), "cause": $substring($states.errorOutput.Cause, 0, 1000)';

export function failureOf(step: string, reason: string): string {
  return `{"failure": {"step": ${quoted(step)}, "reason": ${reason}}}`;
}

export const HAS_FAILED = `$exists(${CONTEXT}.failure)`;
export const IS_INVALID = `${CONTEXT}.failure.reason.kind = "invalid"`;

/** Returns the context after the check whether the saga is cancelled before this step. */
export function withCancellation(step: string): string {
  const isCancelled = `$states.result.Payload = true and $not(${HAS_FAILED})`;
  return `${isCancelled} ? $merge([${CONTEXT}, ${failureOf(step, '{"kind": "cancelled"}')}]) : ${CONTEXT}`;
}

/** Returns the context after a failed check. */
export function withFailedCheck(step: string): string {
  return `${HAS_FAILED} ? ${CONTEXT} : ${withError(CONTEXT, step)}`;
}

/** Context after a failed undo. */
export const WITH_UNDO_ERROR = `$merge([${CONTEXT}, {"undoFailure": {${ERROR}}}])`;

/** Returns the condition that a value of the context, `input.method` or a part of a result, selects this case. */
export function isCase(on: string, value: string): string {
  return `$string(${valueAt(on)}) = ${quoted(value)}`;
}

/** Parts of the context that are not in the states' data. */
const ROOTS: Readonly<Record<string, string>> = {
  input: '$states.context.Execution.Input',
  execution: EXECUTION_PARTS,
  taskToken: '$states.context.Task.Token',
};

/** Returns the value of a path of the context: `input.method`, `execution.runId`, or a part of a result. */
function valueAt(path: string): string {
  const [first = '', ...rest] = path.split('.');
  const [root, keys] = Object.hasOwn(ROOTS, first) ? [ROOTS[first], rest] : [CONTEXT, [first, ...rest]];
  return [root, ...keys.map((key) => `\`${key}\``)].join('.');
}

/** Returns the event of a call: an object without the fields whose value is missing. */
export function callEvent(input: CallInput): string {
  if (typeof input === 'string') return valueAt(input);
  const fields = Object.entries(input).map(([name, value]) => `${quoted(name)}: ${callEvent(value)}`);
  return `{${fields.join(', ')}}`;
}

/** Error of a step whose function has returned a value for which `refused` has no entry. */
const UNKNOWN_RESPONSE = 'SagaUnknownResponse';

/**
 * Returns the result of a call: the response, or the refusal that it means. An unknown value fails the step: the other
 * service may have been deployed since, and to go on would complete a saga that it has refused.
 */
export function callResult(refused: CallRefusals, response: string): string {
  const [[field, codes]] = Object.entries(refused) as [[string, CallRefusals[string]]];
  const entries = Object.entries(codes);
  const successes = entries.flatMap(([value, code]) => (code === false ? [value] : []));
  const refusals = Object.fromEntries(entries.filter(([, code]) => code !== false));
  const cause = `${quoted(`\`${field}\` of the response must be one of ${Object.keys(codes).join(', ')}, got `)} & $substring($value, 0, 200)`;
  const unknown = `{"kind": "failed", "error": ${quoted(UNKNOWN_RESPONSE)}, "cause": ${cause}}`;
  const reason = `$exists($code) ? {"kind": "refused", "code": $code} : ${unknown}`;
  return `($response := ${response}; $value := $response.\`${field}\` & ""; $code := $lookup(${JSON.stringify(refusals)}, $value); $value in ${JSON.stringify(successes)} ? $response : {"sagaFailure": ${reason}})`;
}

const INTERNAL_KEYS = '["failure", "undoFailure", "unfinished", "unwritten"]';
const RESULTS = `$sift(${CONTEXT}, function($value, $key) { $not($key in ${INTERNAL_KEYS}) })`;

export const COMPLETED = `{"status": "completed", ${EXECUTION}, "context": $merge([${RESULTS}, {${INPUT}}])}`;
export const REFUSED = `{"status": "refused", ${EXECUTION}, "reason": ${CONTEXT}.failure.reason, "context": {${INPUT}}}`;
export const UNDONE = `{"status": "undone", ${EXECUTION}, "failedStep": ${CONTEXT}.failure.step, "reason": ${CONTEXT}.failure.reason, "unfinished": ${CONTEXT}.unfinished, "unwritten": ${CONTEXT}.unwritten, "context": $merge([${RESULTS}, {${INPUT}}])}`;

/** Condition on an outcome. An undo whose message could not be sent is technical, whatever the saga was undone for. */
export const IS_TECHNICAL = `${CONTEXT}.reason.kind in ["failed", "invalid"] or $exists(${CONTEXT}.unwritten)`;
/** Cause of a failed execution, of at most 32,768 characters. https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
export const CAUSE = `$substring($string({"failedStep": ${CONTEXT}.failedStep, "reason": ${CONTEXT}.reason, "unwritten": ${CONTEXT}.unwritten}), 0, 30000)`;

/** Returns the message for the person who continues a waiting execution. @param label subject of the failure */
export function waitingMessage(label: string): string {
  const token = '$states.context.Task.Token';
  const command = (text: string) => `${quoted(`aws stepfunctions ${text} --task-token '`)} & ${token} & "'"`;
  const parts = [
    `"problem": ${quoted(`${label} failed at all retries. The execution waits.`)}`,
    `"execution": $states.context.Execution.Id`,
    `"failure": ${CONTEXT}.undoFailure`,
    `"taskToken": ${token}`,
    `"tryAgain": ${command("send-task-success --task-output '{}'")}`,
    `"goOnBecauseItIsDoneByHand": ${command(`send-task-failure --error ${DONE_BY_HAND}`)}`,
    '"afterwards": "Delete this message."',
  ];
  return `$string({${parts.join(', ')}})`;
}

/** Returns the message of an express execution, which cannot wait. @param label subject of the failure @param functionArn function to invoke */
export function expressMessage(label: string, functionArn: string, event: string): string {
  const parts = [
    `"problem": ${quoted(`${label} failed at all retries. The execution continued without it.`)}`,
    `"execution": $states.context.Execution.Id`,
    `"failure": ${CONTEXT}.undoFailure`,
    `"function": ${quoted(functionArn)}`,
    `"event": ${event}`,
    '"afterwards": "Invoke the function with the event, and delete this message."',
  ];
  return `$string({${parts.join(', ')}})`;
}

/** Returns the context of an express saga after an undo was left to a person. */
export function withUnfinished(key: string): string {
  return `$merge([${CONTEXT}, {${added('unfinished', key)}}])`;
}

/** Returns the same context if the message could not be sent. */
export function withUnwritten(key: string): string {
  return `$merge([${CONTEXT}, {${added('unfinished', key)}, ${added('unwritten', key)}}])`;
}

function added(list: string, key: string): string {
  return `${quoted(list)}: $append(${CONTEXT}.${list}, [${quoted(key)}])`;
}
