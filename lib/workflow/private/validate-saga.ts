import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Duration } from 'aws-cdk-lib/core';
import { existingOf, isCall, knownTimeout, nothing, type PlannedStep, timeoutOf } from '../planned-step.js';
import type { SagaNode } from '../saga-definition.js';
import type { RetryPolicy } from '../saga-types.js';
import { PATH, validateCall, validateCode } from './validate-code.js';

/** Maximum timeout of a function. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_FUNCTION_SECONDS = 15 * 60;
/** Maximum duration of a task. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_WAIT_SECONDS = 365 * 24 * 60 * 60;

/** Pattern of step names: the names of states contain them, and have at most 80 characters. */
const NAME = /^[a-z][A-Za-z0-9]{0,29}$/;
const CASE = /^[\w-]{1,24}$/;

/** Further keys of the context besides the steps' results. */
const RESERVED = ['input', 'execution', 'failure', 'taskToken', 'undoFailure', 'unfinished', 'unwritten'];

/** Validates the steps of a saga before its functions are created. */
export function validateDefinition(nodes: readonly SagaNode[], isExpress: boolean): string[] {
  if (nodes.length === 0)
    return ['`definition` must have at least one step, got none. Add one with `defineSaga(Input).step(...)`'];
  const names = nodes.flatMap(namesOf);
  return [
    ...(nodes[0]?.kind === 'step'
      ? []
      : ['`definition` must begin with a step, which validates the input, got another node']),
    ...validateNames(names),
    ...nodes.flatMap((node, index) => validateNode(node, nodes.slice(0, index).flatMap(namesOf), isExpress)),
  ];
}

const namesOf = (node: SagaNode): string[] =>
  node.kind === 'choice'
    ? [node.name]
    : 'steps' in node
      ? node.steps.map(({ name }) => name)
      : [node.step.name];

function validateNames(names: readonly string[]): string[] {
  return [
    ...names
      .filter((name) => !NAME.test(name))
      .map(
        (name) =>
          `the name of a step must be 1 to 30 letters and digits, a lower-case letter first, got "${name}"`,
      ),
    ...names
      .filter((name) => RESERVED.includes(name))
      .map((name) => `the name of a step must not be one of ${RESERVED.join(', ')}, got ${name}`),
    ...names
      .filter((name, index) => names.indexOf(name) < index)
      .map((name) => `the name of a step must be unique, got ${name} twice`),
  ];
}

function validateNode(node: SagaNode, earlier: readonly string[], isExpress: boolean): string[] {
  switch (node.kind) {
    case 'step':
      return validateStep(node.step, earlier);
    case 'callback':
      return [...validateStep(node.step, earlier, ['taskToken']), ...validateWait(node, isExpress)];
    case 'parallel':
      return [
        ...(node.steps.length < 2
          ? [`\`parallel\` must have at least two steps, got ${node.steps.length}`]
          : []),
        ...node.steps.flatMap((step) => validateStep(step, earlier)),
      ];
    case 'choice':
      return validateChoices(node, earlier);
  }
}

function validateWait(node: Extract<SagaNode, { kind: 'callback' }>, isExpress: boolean): string[] {
  const { step, wait } = node;
  return [
    ...(isExpress
      ? [`${step.name} waits for a response, which an express saga cannot do. Remove \`type\``]
      : []),
    ...validateDurations(`\`wait\` of ${step.name}`, wait, MAX_WAIT_SECONDS, 'a year'),
  ];
}

function validateChoices(node: Extract<SagaNode, { kind: 'choice' }>, earlier: readonly string[]): string[] {
  const { name, on, cases } = node;
  const steps = Object.entries(cases);
  const active = steps.filter(([, step]) => step.do !== nothing);
  const sources = ['input', ...earlier];
  return [
    ...(PATH.test(on) && sources.includes(on.split('.')[0] as string)
      ? []
      : [
          `the choice ${name} must be on the input or on the result of an earlier step, as in input.method, got "${on}"`,
        ]),
    ...(active.length === 0
      ? [`the choice ${name} must have a case with a step, got ${steps.length} without`]
      : []),
    ...steps
      .filter(([value]) => !CASE.test(value))
      .map(
        ([value]) =>
          `a case of ${name} must be 1 to 24 letters, digits, hyphens and underscores, got "${value}"`,
      ),
    ...active.flatMap(([, step]) => validateStep(step, earlier, [], name)),
  ];
}

/**
 * Validates a step.
 *
 * @param earlier names of the earlier steps
 * @param more further parts of the context of `do`
 * @param key name of its result in the context
 */
function validateStep(
  step: PlannedStep,
  earlier: readonly string[],
  more: readonly string[] = [],
  key = step.name,
): string[] {
  const { name, timeout, retry, undoRetry } = step;
  const parts = ['input', 'execution', ...earlier];
  const validate = (part: 'do' | 'undo', available: readonly string[]) => {
    const code = step[part];
    const label = `\`${part}\` of ${name}`;
    return isCall(code)
      ? validateCall(code, { label, parts: available, isUndo: part === 'undo' })
      : validateCode(label, code);
  };
  return [
    ...validate('do', [...parts, ...more]),
    ...(step.undo === undefined ? [] : validate('undo', [...parts, key, 'failure'])),
    ...(earlier.length === 0 && isCall(step.do)
      ? [
          `the first step, ${name}, must be a module that calls \`step({ input: ... }, ...)\`, because it validates the saga's input, got a call of a function`,
        ]
      : []),
    ...(timeout
      ? validateDurations(`\`timeout\` of ${name}`, timeout, MAX_FUNCTION_SECONDS, '15 minutes')
      : []),
    ...[step.do, step.undo].flatMap((code) => {
      const fn = existingOf(code);
      return fn ? validateTimeout(step, fn) : [];
    }),
    ...validateRetry(`\`retry\` of ${name}`, retry),
    ...validateRetry(`\`undoRetry\` of ${name}`, undoRetry),
  ];
}

/** Validates that the step's timeout covers its function's: an undo beside its running step would miss later effects. */
function validateTimeout({ name, timeout }: PlannedStep, fn: IFunction): string[] {
  const functionTimeout = knownTimeout(fn);
  if (!timeoutOf(fn, timeout)) {
    return [
      `\`timeout\` of ${name} is required, because its function is imported. Set it to that function's timeout, got undefined`,
    ];
  }
  if (!functionTimeout || !timeout || functionTimeout.isUnresolved() || timeout.isUnresolved()) return [];
  return functionTimeout.toSeconds() > timeout.toSeconds()
    ? [
        `\`timeout\` of ${name} must be at least its function's, ${functionTimeout.toHumanString()}, so that the undo does not run beside it, got ${timeout.toHumanString()}`,
      ]
    : [];
}

export function validateRetry(label: string, policy: RetryPolicy | undefined): string[] {
  if (policy === undefined) return [];
  const { attempts = 1, backoff = 1, interval, maxInterval } = policy;
  return [
    ...(Number.isInteger(attempts) && attempts >= 1 && attempts <= 100
      ? []
      : [`${label} must have 1 to 100 \`attempts\`, got ${attempts}`]),
    ...(backoff >= 1 ? [] : [`${label} must have a \`backoff\` of at least 1, got ${backoff}`]),
    ...(interval ? validateDurations(`\`interval\` in ${label}`, interval, 24 * 60 * 60, 'a day') : []),
    ...(maxInterval
      ? validateDurations(`\`maxInterval\` in ${label}`, maxInterval, 24 * 60 * 60, 'a day')
      : []),
  ];
}

function validateDurations(
  label: string,
  duration: Duration | undefined,
  maxSeconds: number,
  maxText: string,
): string[] {
  if (duration?.isUnresolved()) return [];
  const seconds = duration?.toSeconds({ integral: false }) ?? 0;
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= maxSeconds) return [];
  return [
    `${label} must be whole seconds, at least one and at most ${maxText}, got ${duration?.toHumanString()}`,
  ];
}
