import type { Duration } from 'aws-cdk-lib/core';
import {
  handlerOf,
  isExisting,
  knownTimeout,
  nothing,
  type PlannedStep,
  timeoutOf,
} from '../planned-step.js';
import type { SagaNode } from '../saga-definition.js';
import type { RetryPolicy } from '../saga-types.js';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_FUNCTION_SECONDS = 15 * 60;
/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_WAIT_SECONDS = 365 * 24 * 60 * 60;

/** Longer ones would not leave room in the names of states, which have 80 characters. */
const NAME = /^[a-z][A-Za-z0-9]{0,29}$/;
const CASE = /^[\w-]{1,24}$/;
const PATH = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

/** What the context has besides the steps' results, or may have. */
const RESERVED = ['input', 'execution', 'failure', 'taskToken', 'undoFailure', 'unfinished', 'unwritten'];

/** What is wrong with a saga's steps, as far as it shows before there are functions. */
export function validateDefinition(nodes: readonly SagaNode[], isExpress: boolean): string[] {
  if (nodes.length === 0)
    return ['`definition` must have at least one step, got none: `saga(Input).step(...)`'];
  const names = nodes.flatMap(namesOf);
  return [
    ...(nodes[0]?.kind === 'step'
      ? []
      : ['`definition` must begin with a step, which checks the input, got something else']),
    ...validateNames(names),
    ...nodes.flatMap((node, at) => validateNode(node, nodes.slice(0, at).flatMap(namesOf), isExpress)),
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
          `the name of a step must be 1 to 30 letters and digits, a small letter first, got "${name}"`,
      ),
    ...names
      .filter((name) => RESERVED.includes(name))
      .map((name) => `the name of a step must be none of ${RESERVED.join(', ')}, got ${name}`),
    ...names
      .filter((name, at) => names.indexOf(name) < at)
      .map((name) => `the name of a step must be used once, got ${name} again`),
  ];
}

function validateNode(node: SagaNode, earlier: readonly string[], isExpress: boolean): string[] {
  switch (node.kind) {
    case 'step':
      return validateStep(node.step);
    case 'callback':
      return [...validateStep(node.step), ...validateWait(node, isExpress)];
    case 'parallel':
      return [
        ...(node.steps.length < 2
          ? [`\`parallel\` must have at least two steps, got ${node.steps.length}`]
          : []),
        ...node.steps.flatMap((step) => validateStep(step)),
      ];
    case 'choice':
      return validateChoices(node, earlier);
  }
}

function validateWait(node: Extract<SagaNode, { kind: 'callback' }>, isExpress: boolean): string[] {
  const { step, wait } = node;
  return [
    ...(isExpress
      ? [`${step.name} waits for an answer, which an express saga cannot: leave out \`type\``]
      : []),
    ...validateDurations(`\`wait\` of ${step.name}`, wait, MAX_WAIT_SECONDS, 'a year'),
  ];
}

function validateChoices(node: Extract<SagaNode, { kind: 'choice' }>, earlier: readonly string[]): string[] {
  const { name, on, cases } = node;
  const steps = Object.entries(cases);
  const done = steps.filter(([, step]) => step.do !== nothing);
  const known = ['input', ...earlier];
  return [
    ...(PATH.test(on) && known.includes(on.split('.')[0] as string)
      ? []
      : [
          `the choice ${name} must be on the input or on the result of an earlier step, as in input.method, got "${on}"`,
        ]),
    ...(done.length === 0
      ? [`the choice ${name} must have a case with something to do, got ${steps.length} without`]
      : []),
    ...steps
      .filter(([value]) => !CASE.test(value))
      .map(
        ([value]) =>
          `a case of ${name} must be 1 to 24 letters, digits, hyphens and underscores, got "${value}"`,
      ),
    ...done.flatMap(([, step]) => validateStep(step)),
  ];
}

function validateStep(step: PlannedStep): string[] {
  const { name, timeout, retry, undoRetry } = step;
  return [
    ...validateCode(`\`do\` of ${name}`, step.do),
    ...(step.undo === undefined ? [] : validateCode(`\`undo\` of ${name}`, step.undo)),
    ...(timeout
      ? validateDurations(`\`timeout\` of ${name}`, timeout, MAX_FUNCTION_SECONDS, '15 minutes')
      : []),
    ...[step.do, step.undo].flatMap((code) => (isExisting(code) ? validateTimeout(step, code) : [])),
    ...validateRetry(`\`retry\` of ${name}`, retry),
    ...validateRetry(`\`undoRetry\` of ${name}`, undoRetry),
  ];
}

export function validateCode(what: string, code: unknown): string[] {
  const isCode = isExisting(code as never) || (handlerOf(code as never) && code !== nothing);
  if (isCode) return [];
  const given = code === nothing ? '`nothing`, which is for the cases of a choice' : String(code);
  return [`${what} must be a module, \`() => import('./reserve.js')\`, or a function, got ${given}`];
}

/** An undo that ran beside its step would not undo what comes after it. */
function validateTimeout({ name, timeout }: PlannedStep, code: Parameters<typeof knownTimeout>[0]): string[] {
  const own = knownTimeout(code);
  if (!timeoutOf(code, timeout)) {
    return [`\`timeout\` of ${name} must be the timeout of its function, which is imported, got undefined`];
  }
  if (!own || !timeout || own.isUnresolved() || timeout.isUnresolved()) return [];
  return own.toSeconds() > timeout.toSeconds()
    ? [
        `\`timeout\` of ${name} must be at least its function's, ${own.toHumanString()}, so that the undo does not run beside it, got ${timeout.toHumanString()}`,
      ]
    : [];
}

export function validateRetry(what: string, policy: RetryPolicy | undefined): string[] {
  if (policy === undefined) return [];
  const { attempts = 1, backoff = 1, interval, maxInterval } = policy;
  return [
    ...(Number.isInteger(attempts) && attempts >= 1 && attempts <= 100
      ? []
      : [`${what} must have 1 to 100 \`attempts\`, got ${attempts}`]),
    ...(backoff >= 1 ? [] : [`${what} must have a \`backoff\` of at least 1, got ${backoff}`]),
    ...(interval ? validateDurations(`\`interval\` in ${what}`, interval, 24 * 60 * 60, 'a day') : []),
    ...(maxInterval
      ? validateDurations(`\`maxInterval\` in ${what}`, maxInterval, 24 * 60 * 60, 'a day')
      : []),
  ];
}

function validateDurations(
  what: string,
  duration: Duration | undefined,
  most: number,
  said: string,
): string[] {
  if (duration?.isUnresolved()) return [];
  const seconds = duration?.toSeconds({ integral: false }) ?? 0;
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= most) return [];
  return [
    `${what} must be whole seconds, at least one and at most ${said}, got ${duration?.toHumanString()}`,
  ];
}
