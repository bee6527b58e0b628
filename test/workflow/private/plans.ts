import { Duration } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import type {
  Invocation,
  MachineCase,
  MachineNode,
  MachinePlan,
  MachineStep,
} from '../../../lib/workflow/private/machine-plan.js';

const second = Duration.seconds(1);

export function invocation(name: string): Invocation {
  const retry = { attempts: 2, interval: second, backoff: 2, maxInterval: second };
  return { arn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`, seconds: 22, retry };
}

/** The same for a function that does not know the saga. */
const called = (name: string): Invocation => ({
  ...invocation(name),
  isUnchecked: true,
  call: { input: { of: { key: 'execution.runId' } }, refused: { status: { done: false, no: 'no' } } },
});

export function machineStep(key: string, isUndone: boolean, title = key, make = invocation): MachineStep {
  return { key, title, do: make(title), undo: isUndone ? make(`undo-${title}`) : undefined };
}

function machineCase(name: string, value: string, kind: 'nothing' | 'done' | 'undone'): MachineCase {
  const title = `${name}: ${value}`;
  const step = machineStep(name, kind === 'undone', title);
  return kind === 'nothing' ? { ...step, value, do: undefined, undo: undefined } : { ...step, value };
}

const bool = fc.boolean();
const caseKind = fc.constantFrom('nothing' as const, 'done' as const, 'undone' as const);

/** Creates a node whose steps are named after its position. */
function nodeAt(at: number): fc.Arbitrary<MachineNode> {
  const step = bool.map((undone) => ({
    kind: 'step' as const,
    steps: [machineStep(`s${at}`, undone)] as const,
  }));
  if (at === 0) return step;
  const call = bool.map((undone) => ({
    kind: 'step' as const,
    steps: [machineStep(`s${at}`, undone, `s${at}`, called)] as const,
  }));
  const callback = bool.map((undone) => ({
    kind: 'callback' as const,
    steps: [machineStep(`c${at}`, undone)] as const,
    seconds: 60,
  }));
  const parallel = fc.array(bool, { minLength: 2, maxLength: 4 }).map((undone) => ({
    kind: 'parallel' as const,
    steps: undone.map((one, branch) => machineStep(`p${at}x${branch}`, one)),
  }));
  const choice = fc.array(caseKind, { minLength: 1, maxLength: 3 }).map((kinds) => ({
    kind: 'choice' as const,
    name: `x${at}`,
    on: 'input.kind',
    steps: kinds.map((kind, value) => machineCase(`x${at}`, `v${value}`, kind)),
  }));
  return fc.oneof(step, call, callback, parallel, choice);
}

/** Sagas of all shapes. */
export const plans: fc.Arbitrary<MachinePlan> = fc
  .record({ count: fc.integer({ min: 1, max: 6 }), isCancelled: bool, hasOutcome: bool, isExpress: bool })
  .chain(({ count, isCancelled, hasOutcome, isExpress }) =>
    fc.tuple(...Array.from({ length: count }, (_, at) => nodeAt(at))).map((nodes) => ({
      nodes: nodes.filter(({ kind }) => !isExpress || kind !== 'callback'),
      cancelled: isCancelled ? invocation('is-cancelled') : undefined,
      onOutcome: hasOutcome ? invocation('outcome') : undefined,
      isExpress,
    })),
  );
