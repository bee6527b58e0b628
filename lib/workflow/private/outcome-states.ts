import { CAUSE, COMPLETED, IS_TECHNICAL, jsonata, REFUSED, UNDONE } from './expressions.js';
import type { Entry, MachinePlan } from './machine-plan.js';
import { NOT_DELIVERED_STATE, obligation } from './task-states.js';

/** States that create a saga's outcome and deliver it to `onOutcome`. */
export const COMPLETED_STATE = 'Completed';
export const REFUSED_STATE = 'Refused';
export const UNDONE_STATE = 'Undone';

const END = 'The end';
const QUESTION = 'Was it for a technical reason?';
/** Error of an execution that was undone for a technical reason: it counts in the metric of failed executions. */
export const UNDONE_ERROR = 'SagaUndone';

const NOT_DELIVERED_ERROR = 'SagaOutcomeNotDelivered';
const NOT_DELIVERED_CAUSE =
  'The outcome could neither be delivered nor be sent to the queue of executions that wait for a person.';

export function outcomeStates(plan: MachinePlan): Entry[] {
  return [
    ...delivering(plan, COMPLETED_STATE, COMPLETED, END),
    ...delivering(plan, REFUSED_STATE, REFUSED, END),
    ...delivering(plan, UNDONE_STATE, UNDONE, QUESTION),
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
      ? [
          [
            NOT_DELIVERED_STATE,
            { Type: 'Fail', Error: NOT_DELIVERED_ERROR, Cause: NOT_DELIVERED_CAUSE },
          ] as const,
        ]
      : []),
    [END, { Type: 'Succeed' }],
  ];
}

function delivering(plan: MachinePlan, name: string, outcome: string, next: string): Entry[] {
  const { onOutcome } = plan;
  const transition = { name, event: outcome, output: outcome, next };
  const label = `The delivery of the outcome "${name}"`;
  const states = onOutcome
    ? obligation(plan, { ...transition, label, key: name, invocation: onOutcome })
    : [[name, { Type: 'Pass', Output: jsonata(outcome), Next: next }] as const];
  return next === END ? states.map(withoutEndState) : states;
}

/** Ends the execution in this state instead of a separate one: each transition has a price. */
function withoutEndState([name, { Next, ...state }]: Entry): Entry {
  return [name, Next === END ? { ...state, End: true } : { ...state, Next }];
}
