import {
  CONTEXT,
  eventOf,
  failureOf,
  HAS_FAILED,
  IS_INVALID,
  isCase,
  jsonata,
  quoted,
  withCancellation,
  withError,
  withFailedCheck,
  withResults,
} from './expressions.js';
import type { Entry, Invocation, MachineNode, MachinePlan, MachineStep, States } from './machine-plan.js';
import { COMPLETED_STATE, outcomeStates, REFUSED_STATE, UNDONE_STATE } from './outcome-states.js';
import { beginning, branch, caught, doing, eventFor, invoking, obligation, waiting } from './task-states.js';

/** The definition of a state machine. https://states-language.net/spec.html */
export interface Machine {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
  readonly StartAt: string;
  readonly States: States;
}

/** Returns the state machine of a saga. */
export function machineOf(plan: MachinePlan): Machine {
  const { nodes } = plan;
  const states = nodes.flatMap((node, index) => [
    ...forwards(plan, node, index),
    ...backwards(plan, node, undoEntry(nodes, index - 1)),
  ]);
  return {
    Comment: 'A saga: all steps are done, or undone again. It has no timeout, which would skip the undoing.',
    QueryLanguage: 'JSONata',
    StartAt: entryOf(nodes[0] as MachineNode),
    States: Object.fromEntries([...states, ...outcomeStates(plan)]),
  };
}

/** Returns the first state of a node. */
function entryOf(node: MachineNode): string {
  // A name has at most 80 characters, and other names contain this one.
  return node.kind === 'choice' ? node.name : titles(node).join(', ').slice(0, 50);
}

const titles = ({ steps }: MachineNode) => steps.map(({ title }) => title);

/** Returns the state in which undoing starts after this node has failed: its own undo, if it has one. */
function undoEntry(nodes: readonly MachineNode[], index: number): string {
  const node = nodes[index];
  if (!node) return UNDONE_STATE;
  const last = node.steps.findLast(({ undo }) => undo);
  if (!last) return undoEntry(nodes, index - 1);
  return undoName(node.kind === 'choice' ? node.name : last.title);
}

const undoName = (title: string) => `Undo ${title}`;

/** Creates the states that run a node and decide about the next one. */
function forwards(plan: MachinePlan, node: MachineNode, index: number): Entry[] {
  const { nodes, cancelled } = plan;
  const next = nodes[index + 1];
  const onFailure = undoEntry(nodes, index);
  const question = `Is ${entryOf(node)} done?`;
  const check = cancelled && next ? `Is it cancelled before ${entryOf(next)}?` : undefined;
  const isInvalid = { Condition: jsonata(IS_INVALID), Next: REFUSED_STATE };
  const hasFailed = { Condition: jsonata(HAS_FAILED), Next: onFailure };
  const choice = {
    Type: 'Choice',
    Choices: index === 0 ? [isInvalid, hasFailed] : [hasFailed],
    Default: next ? entryOf(next) : COMPLETED_STATE,
  };
  return [
    ...work(plan, index, check ?? question, onFailure),
    ...(cancelled && check && next
      ? [[check, cancelCheck(plan, cancelled, entryOf(next), question)] as const]
      : []),
    [question, choice],
  ];
}

function work({ nodes, isExpress }: MachinePlan, index: number, next: string, onFailure: string): Entry[] {
  const node = nodes[index] as MachineNode;
  switch (node.kind) {
    case 'step': {
      const begin = index === 0 ? beginning : doing;
      return node.steps.map((step) => [step.title, begin(step, isExpress, next, onFailure)]);
    }
    case 'callback':
      return node.steps.map((step) => [step.title, waiting(step, node.seconds, next, onFailure)]);
    case 'parallel': {
      const Branches = node.steps.map((step) => branch(step, isExpress));
      const name = entryOf(node);
      const Output = jsonata(withResults(name));
      // If the results together are too large, all branches have ended: all are undone, without a result.
      const Catch = caught(withError(CONTEXT, name), onFailure);
      return [[name, { Type: 'Parallel', Branches, Output, Catch, Next: next }]];
    }
    case 'choice':
      return choosing(node, undoEntry(nodes, index - 1), next, (step) =>
        doing(step, isExpress, next, onFailure),
      );
  }
}

function choosing(
  { name, on, steps }: Extract<MachineNode, { kind: 'choice' }>,
  onNoCase: string,
  next: string,
  state: (step: MachineStep) => States[string],
): Entry[] {
  const noCase = `${name}: no case`;
  const cause = quoted(`${on} must be one of ${steps.map(({ value }) => value).join(', ')}`);
  const failure = failureOf(name, `{"kind": "failed", "error": "SagaNoCase", "cause": ${cause}}`);
  const active = steps.filter((step): step is typeof step & MachineStep => step.do !== undefined);
  const Choices = steps.map(({ value, title, do: code }) => ({
    Condition: jsonata(isCase(on, value)),
    Next: code ? title : next,
  }));
  return [
    [name, { Type: 'Choice', Choices, Default: noCase }],
    ...active.map((step): Entry => [step.title, state(step)]),
    [noCase, { Type: 'Pass', Output: jsonata(`$merge([${CONTEXT}, ${failure}])`), Next: onNoCase }],
  ];
}

function cancelCheck(
  { isExpress }: MachinePlan,
  cancelled: Invocation,
  step: string,
  question: string,
): States[string] {
  return {
    ...invoking(cancelled, eventOf(CONTEXT), isExpress),
    Output: jsonata(withCancellation(step)),
    Catch: caught(withFailedCheck(step), question),
    Next: question,
  };
}

/** Creates the states that undo a node, the last of its steps first. @param next the state after them */
function backwards(plan: MachinePlan, node: MachineNode, next: string): Entry[] {
  const steps = node.steps.filter(({ undo }) => undo);
  const undo = (step: (typeof steps)[number], then: string) =>
    obligation(plan, {
      name: undoName(step.title),
      label: `The undo of ${step.title}`,
      key: step.title,
      invocation: step.undo as Invocation,
      event: eventFor(step.undo as Invocation),
      output: CONTEXT,
      next: then,
    });
  if (node.kind !== 'choice') {
    return steps.flatMap((step, index) =>
      undo(step, index === 0 ? next : undoName((steps[index - 1] as typeof step).title)),
    );
  }
  if (steps.length === 0) return [];
  const Choices = node.steps
    .filter((step) => step.undo)
    .map(({ value, title }) => ({ Condition: jsonata(isCase(node.on, value)), Next: undoName(title) }));
  return [
    [undoName(node.name), { Type: 'Choice', Choices, Default: next }],
    ...steps.flatMap((step) => undo(step, next)),
  ];
}
