import type { Duration } from 'aws-cdk-lib/core';
import { type AnyCode, nothing, type PlannedStep } from '../planned-step.js';
import type { SagaNode } from '../saga-definition.js';
import type { RetryPolicy } from '../saga-types.js';
import type { MachineCase, MachineNode, MachinePlan, MachineStep } from './machine-plan.js';
import { type DefaultRetries, defaultRetries, maxExpressSeconds } from './retry.js';
import type { SagaFunctions } from './saga-functions.js';

export interface PlanProps {
  readonly nodes: readonly SagaNode[];
  readonly cancelled: AnyCode | undefined;
  readonly onOutcome: AnyCode | undefined;
  readonly isExpress: boolean;
  /** Overrides of the default retries. */
  readonly retry: RetryPolicy | undefined;
  readonly undoRetry: RetryPolicy | undefined;
}

/** Creates the functions of a saga, and the plan of its state machine. */
export function planOf(
  { nodes, cancelled, onOutcome, isExpress, ...overrides }: PlanProps,
  functions: SagaFunctions,
): MachinePlan {
  const { step, undo } = defaultRetries(isExpress);
  const retries = { step: { ...step, ...overrides.retry }, undo: { ...undo, ...overrides.undoRetry } };
  const make: StepMaker = (path, step) => stepOf(functions, retries, path, step);
  return {
    nodes: nodes.map((node) => nodeOf(node, make)),
    cancelled: cancelled && functions.add(['saga', 'cancelled'], cancelled, retries.step),
    onOutcome: onOutcome && functions.add(['saga', 'outcome'], onOutcome, retries.undo),
    isExpress,
  };
}

/** Function that creates a step with its functions; the path is that of its functions. */
type StepMaker = (path: readonly [key: string, ...rest: string[]], step: PlannedStep) => MachineStep;

function nodeOf(node: SagaNode, make: StepMaker): MachineNode {
  const named = (step: PlannedStep) => make([step.name], step);
  switch (node.kind) {
    case 'step':
      return { kind: 'step', steps: [named(node.step)] };
    case 'callback':
      return { kind: 'callback', steps: [named(node.step)], seconds: (node.wait as Duration).toSeconds() };
    case 'parallel':
      return { kind: 'parallel', steps: node.steps.map(named) };
    case 'choice': {
      const steps = Object.entries(node.cases).map(([value, step]) => caseOf(node.name, value, step, make));
      return { kind: 'choice', name: node.name, on: node.on, steps };
    }
  }
}

function stepOf(
  functions: SagaFunctions,
  retries: DefaultRetries,
  path: Parameters<StepMaker>[0],
  { name, timeout, undo, ...step }: PlannedStep,
): MachineStep {
  const retry = { ...retries.step, ...step.retry };
  const undoRetry = { ...retries.undo, ...step.undoRetry };
  return {
    key: path[0],
    title: name,
    do: functions.add([...path, 'do'], step.do, retry, timeout),
    undo: undo && functions.add([...path, 'undo'], undo, undoRetry, timeout),
  };
}

function caseOf(name: string, value: string, step: PlannedStep, make: StepMaker): MachineCase {
  if (step.do === nothing) return { key: name, title: step.name, value, do: undefined, undo: undefined };
  return { ...make([name, value], step), value };
}

/** Returns the maximum seconds of an express saga: all steps run and are undone, each at the last attempt. */
export function maxSecondsOf({ nodes, cancelled, onOutcome }: MachinePlan): number {
  const steps = nodes.flatMap((node) => node.steps as readonly MachineCase[]);
  const checks = cancelled ? nodes.slice(1).map(() => cancelled) : [];
  const invocations = [...steps.flatMap((step) => [step.do, step.undo]), ...checks, onOutcome];
  return invocations.reduce(
    (sum, invocation) => sum + (invocation ? maxExpressSeconds(invocation.retry, invocation.seconds) : 0),
    0,
  );
}
