import { CAUSE, COMPLETED, IS_TECHNICAL, jsonata, REFUSED, UNDONE } from './expressions.js';
import type { Entry, MachinePlan } from './machine-plan.js';
import { NOT_TOLD_STATE, obligation } from './task-states.js';

/** The states in which a saga's outcome is made, and told if somebody wants to know. */
export const COMPLETED_STATE = 'Completed';
export const REFUSED_STATE = 'Refused';
export const UNDONE_STATE = 'Undone';

const END = 'The end';
const QUESTION = 'Was it for a technical reason?';
/** The error of an execution that was undone because something is broken: it shows in the metric of failed ones. */
export const UNDONE_ERROR = 'SagaUndone';

const NOT_TOLD_ERROR = 'SagaOutcomeNotTold';
const NOT_TOLD_CAUSE =
  'The outcome could neither be told nor be written to the queue of what waits for a person.';

export function outcomeStates(plan: MachinePlan): Entry[] {
  return [
    ...telling(plan, COMPLETED_STATE, COMPLETED, END),
    ...telling(plan, REFUSED_STATE, REFUSED, END),
    ...telling(plan, UNDONE_STATE, UNDONE, QUESTION),
    [
      QUESTION,
      {
        Type: 'Choice',
        Choices: [{ Condition: jsonata(IS_TECHNICAL), Next: 'Undone after a failure' }],
        Default: END,
      },
    ],
    ['Undone after a failure', { Type: 'Fail', Error: UNDONE_ERROR, Cause: jsonata(CAUSE) }],
    ...(plan.isExpress && plan.onOutcome
      ? [[NOT_TOLD_STATE, { Type: 'Fail', Error: NOT_TOLD_ERROR, Cause: NOT_TOLD_CAUSE }] as const]
      : []),
    [END, { Type: 'Succeed' }],
  ];
}

function telling(plan: MachinePlan, name: string, outcome: string, next: string): Entry[] {
  const { onOutcome } = plan;
  const own = { name, event: outcome, output: outcome, next };
  const states = onOutcome
    ? obligation(plan, { ...own, what: `Telling the outcome "${name}"`, key: name, invocation: onOutcome })
    : [[name, { Type: 'Pass', Output: jsonata(outcome), Next: next }] as const];
  return next === END ? states.map(endingHere) : states;
}

/** Each state that is entered costs: what ends well needs none to end in. */
function endingHere([name, { Next, ...state }]: Entry): Entry {
  return [name, Next === END ? { ...state, End: true } : { ...state, Next }];
}
