import * as fc from 'fast-check';
import { type Machine, machineOf } from '../../../lib/workflow/private/machine.js';
import {
  INTEGRATIONS,
  type MachineNode,
  type MachinePlan,
} from '../../../lib/workflow/private/machine-plan.js';
import { machineStep, plans } from './plans.js';

const validate: (definition: object, options: object) => { isValid: boolean; errorsText(): string } =
  require('asl-validator');

type State = Record<string, any>;

const SUBSTITUTIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(INTEGRATIONS).map(([name, action]) => [name, `arn:aws:states:::${action}`]),
  ),
  Waiting: 'https://sqs.us-east-1.amazonaws.com/123456789012/waiting',
};

const filled = (machine: Machine): any =>
  JSON.parse(
    JSON.stringify(machine).replaceAll(/\$\{(\w+)\}/g, (whole, name) => SUBSTITUTIONS[name] ?? whole),
  );

/** All states, with those of branches. */
const allStates = (states: Record<string, State>): [string, State][] =>
  Object.entries(states).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.Branches ?? []).flatMap((branch: State) => allStates(branch.States)),
  ]);

/** Returns the next states of a state. */
const edges = (state: State): string[] => [
  ...new Set<string>([
    ...(state.Next ? [state.Next] : []),
    ...(state.Default ? [state.Default] : []),
    ...(state.Choices ?? []).map(({ Next }: State) => Next),
    ...(state.Catch ?? []).map(({ Next }: State) => Next),
  ]),
];

/** The undos on every path from a state to the end of the saga; a person who waits goes on, or tries again. */
function undoPaths(machine: Machine, from: string, known = new Map<string, string[][]>()): string[][] {
  const found = known.get(from);
  if (found) return found;
  const state = machine.States[from] as State;
  const isUndo = state.Type === 'Task' && from.startsWith('Undo ');
  // Trying again is where this path has come from.
  const next = from.startsWith('Wait for a person') ? waysOn(machine, from, state) : edges(state);
  const rest = next.length === 0 ? [[]] : next.flatMap((name) => undoPaths(machine, name, known));
  const paths = isUndo ? rest.map((path) => [from, ...path]) : rest;
  const different = new Map(paths.map((path) => [path.join(' > '), path]));
  known.set(from, [...different.values()]);
  return [...different.values()];
}

function waysOn({ States }: Machine, name: string, state: State): string[] {
  const asked = name.replace('Wait for a person: ', '');
  const isAskedByIt = (States[asked] as State).Catch.some(({ Next }: State) => Next === name);
  expect(isAskedByIt).toBe(true);
  return edges(state).filter((next) => next !== asked);
}

/** Undos after a failed node; of a choice those of one case, or no undo. */
function expectedPaths(nodes: readonly MachineNode[], at: number): string[][] {
  const node = nodes[at];
  if (!node) return [[]];
  const earlier = expectedPaths(nodes, at - 1);
  const names = node.steps.filter(({ undo }) => undo).map(({ title }) => `Undo ${title}`);
  const ways = node.kind === 'choice' ? [...names.map((name) => [name]), []] : [names.reverse()];
  return ways.flatMap((way) => earlier.map((path) => [...way, ...path]));
}

const distinct = (paths: string[][]) => [...new Set(paths.map((path) => path.join(' > ')))].sort();

/** The states that do the work of a node. */
function workOf(machine: Machine, node: MachineNode): State[] {
  if (node.kind === 'parallel') {
    const entry = Object.values(machine.States).find(
      (state) => state.Type === 'Parallel' && JSON.stringify(state).includes(`"${node.steps[0]!.title}"`),
    ) as State;
    return [entry];
  }
  return node.steps.filter((step) => step.do).map(({ title }) => machine.States[title] as State);
}

const property = (check: (machine: Machine, plan: MachinePlan) => void, numRuns = 60) =>
  fc.assert(
    fc.property(plans, (plan) => check(machineOf(plan), plan)),
    { numRuns },
  );

describe('the state machine of a saga', () => {
  it('is valid by the schema of the Amazon States Language', () => {
    property((machine) => {
      const { isValid, errorsText } = validate(filled(machine), {});
      expect(isValid ? '' : errorsText()).toBe('');
      // The validator compiles its schema each time, in half a second.
    }, 6);
  });

  it('undoes what has failed, then what was before it in reverse, each once, on every path', () => {
    property((machine, { nodes }) => {
      for (const [at, node] of nodes.entries()) {
        for (const state of workOf(machine, node)) {
          const caught = (state.Catch ?? []).map(({ Next }: State) => Next);
          const question = machine.States[questionAfter(machine, state)] as State;
          const refused = question.Choices.at(-1).Next;
          for (const failed of [...caught, refused]) {
            expect(distinct(undoPaths(machine, failed))).toEqual(distinct(expectedPaths(nodes, at)));
          }
        }
      }
    });
  });

  it('undoes nothing of a choice that has no case, and what was before it', () => {
    property((machine, { nodes }) => {
      for (const [at, node] of nodes.entries()) {
        if (node.kind !== 'choice') continue;
        const { Default } = machine.States[node.name] as State;
        expect(distinct(undoPaths(machine, Default))).toEqual(distinct(expectedPaths(nodes, at - 1)));
      }
    });
  });

  it('begins nothing, and undoes nothing, when the input is not valid', () => {
    property((machine, { nodes }) => {
      const question = machine.States[`Is ${nodes[0]!.steps[0]!.title} done?`] as State;
      expect(question.Choices[0].Condition).toContain('"invalid"');
      expect(distinct(undoPaths(machine, question.Choices[0].Next))).toEqual(['']);
    });
  });

  it('does its steps in order when nothing fails, and undoes nothing', () => {
    property((machine, { nodes }) => {
      const visited: string[] = [];
      for (let name = machine.StartAt; ; ) {
        const state = machine.States[name] as State;
        visited.push(name);
        if (state.End) break;
        // Of a choice the first case; of a question the way on.
        name = name.endsWith('?') ? (state.Default ?? state.Next) : (state.Choices?.[0].Next ?? state.Next);
      }
      expect(visited.filter((name) => /^(Undo|Wait)/.test(name))).toEqual([]);
      const works = nodes.map((node) =>
        node.kind === 'choice' ? node.name : node.steps.map(({ title }) => title).join(', '),
      );
      expect(visited.filter((name) => works.includes(name))).toEqual(works);
      expect(visited.at(-1)).toBe('Completed');
    });
  });

  it('asks before each step but the first whether it is cancelled', () => {
    property((machine, { nodes, cancelled }) => {
      const checks = Object.keys(machine.States).filter((name) => name.startsWith('Is it cancelled'));
      expect(checks).toHaveLength(cancelled ? nodes.length - 1 : 0);
      for (const name of checks) {
        const { Next, Catch } = machine.States[name] as State;
        expect(Catch[0].Next).toBe(Next);
        expect((machine.States[Next] as State).Type).toBe('Choice');
      }
    });
  });

  it('has a timeout for every invocation, retries and a way on; and none for itself, which would skip the undos', () => {
    property((machine) => {
      expect(machine).not.toHaveProperty('TimeoutSeconds');
      for (const [, state] of allStates(filled(machine).States)) {
        if (state.Type !== 'Task') continue;
        const isMessage = String(state.Resource).includes(':sqs:');
        if (!isMessage) expect(state.TimeoutSeconds).toBeGreaterThan(0);
        expect(state.Retry.length).toBeGreaterThan(0);
        expect(state.Catch.length).toBeGreaterThan(0);
      }
    });
  });

  it('catches a result that is too large, of a step and of parallel steps together, and undoes what was done', () => {
    property((machine, { nodes }) => {
      for (const [at, node] of nodes.entries()) {
        for (const state of workOf(machine, node)) {
          const caught = state.Catch.filter(({ ErrorEquals }: State) =>
            ErrorEquals.includes('States.DataLimitExceeded'),
          );
          expect(caught).toHaveLength(1);
          expect(distinct(undoPaths(machine, caught[0].Next))).toEqual(distinct(expectedPaths(nodes, at)));
        }
      }
    });
  });

  it('fails where it cannot send the message, and sends it again after its timeout', () => {
    property((machine, { isExpress }) => {
      const messages = Object.entries(machine.States as Record<string, State>).filter(([name]) =>
        name.startsWith('Wait for'),
      );
      for (const [, { Retry, Catch }] of messages) {
        const byName = (error: string) => Retry.find(({ ErrorEquals }: State) => ErrorEquals.includes(error));
        expect(byName('States.ALL').MaxAttempts).toBeLessThanOrEqual(12);
        expect(byName('States.Timeout')?.MaxAttempts).toBe(isExpress ? undefined : 99_999_999);
        const catches = Catch.flatMap(({ ErrorEquals }: State) => ErrorEquals);
        expect(catches.includes('States.ALL')).toBe(isExpress);
      }
    });
  });

  it('reaches every state, and names each once', () => {
    property((machine) => {
      const names = allStates(machine.States as never).map(([name]) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(80);
      const reached = new Set<string>();
      const visit = (name: string): void => {
        if (reached.has(name)) return;
        reached.add(name);
        for (const next of edges(machine.States[name] as State)) visit(next);
      };
      visit(machine.StartAt);
      expect(Object.keys(machine.States).filter((name) => !reached.has(name))).toEqual([]);
    });
  });

  it('waits for a person, or writes everything down where it cannot wait', () => {
    property((machine, { isExpress }) => {
      const messages = allStates(filled(machine).States).filter(([name]) => name.startsWith('Wait for'));
      for (const [name, state] of messages) {
        expect(state.Resource.endsWith('.waitForTaskToken')).toBe(!isExpress);
        expect(state.Next === name.replace('Wait for a person: ', '')).toBe(!isExpress);
      }
    });
  });

  it('has names of 80 characters at most, for the longest names of steps', () => {
    const long = (letter: string) => letter.repeat(30);
    const steps = ['a', 'b', 'c'].map((letter) => machineStep(long(letter), true));
    const cases = ['d', 'e'].map((value) => ({
      ...machineStep(long('x'), true, `${long('x')}: ${value.repeat(24)}`),
      value: value.repeat(24),
    }));
    const machine = machineOf({
      nodes: [
        { kind: 'step', steps: [steps[0]!] },
        { kind: 'parallel', steps: steps.slice(1) },
        { kind: 'choice', name: long('x'), on: 'input.kind', steps: cases },
      ],
      cancelled: steps[0]!.do,
      onOutcome: undefined,
      isExpress: false,
    });
    const lengths = allStates(machine.States as never).map(([name]) => name.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(80);
  });
});

/** The question after a step, behind the check whether the saga is cancelled. */
function questionAfter({ States }: Machine, state: State): string {
  const next: string = state.Next;
  return (States[next] as State).Type === 'Choice' ? next : (States[next] as State).Next;
}
