// Compiled, never run: what the compiler must refuse.
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Duration, type Stack } from 'aws-cdk-lib/core';
import { type DataTable, defineSaga, NodeFunction, nothing, Saga } from 'cdk-trellis';
import * as z from 'zod';
import { Approval, Order } from './fixtures/contract.js';

const reserve = () => import('./fixtures/reserve.js');
const release = () => import('./fixtures/release.js');
const pay = () => import('./fixtures/pay.js');
const refund = () => import('./fixtures/refund.js');
const confirm = () => import('./fixtures/confirm.js');
const ask = () => import('./fixtures/ask.js');
const plain = () => import('./fixtures/plain.js');
const refusingUndo = () => import('./fixtures/refusing-undo.js');
const isCancelled = () => import('./fixtures/is-cancelled.js');
const publishOutcome = () => import('./fixtures/publish-outcome.js');
const start = () => import('./fixtures/start.js');
const startOther = () => import('./fixtures/start-other.js');
const respond = () => import('./fixtures/respond.js');
const respondOther = () => import('./fixtures/respond-other.js');

export function steps(imported: IFunction) {
  const reserved = defineSaga(Order).step('reserve', { do: reserve, undo: release });
  reserved.step('pay', { do: pay, undo: refund }).step('confirm', { do: confirm });
  reserved.step('pay', { do: { handler: pay, memorySize: 512 }, timeout: Duration.seconds(20) });
  reserved.step('other', { do: imported, timeout: Duration.seconds(20) });
  // A function that exists begins a saga, too: it checks the input itself.
  defineSaga(Order).step('reserve', { do: imported });

  // @ts-expect-error the first step must check the input
  defineSaga(Order).step('reserve', { do: plain });
  // @ts-expect-error nothing but a step begins a saga
  defineSaga(Order).parallel({});
  // @ts-expect-error the step reads a result that is not there yet
  defineSaga(Order).step('pay', { do: pay });
  // @ts-expect-error the step reads a result of another shape
  reserved.step('pay', { do: reserve }).step('confirm', { do: confirm });
  // @ts-expect-error the undo reads the result of a step that comes later
  defineSaga(Order).step('reserve', { do: reserve, undo: refundOf('later') });
  // @ts-expect-error an undo must not refuse
  reserved.step('pay', { do: pay, undo: refusingUndo });
  // @ts-expect-error a name is used once
  reserved.step('reserve', { do: pay });
  // @ts-expect-error a misspelt property
  reserved.step('pay', { do: pay, unod: refund });
  // @ts-expect-error nothing is done
  reserved.step('pay', { undo: refund });
  // @ts-expect-error another input
  defineSaga(z.object({ orderId: z.number() })).step('reserve', { do: reserve });
}

declare function refundOf(step: 'later'): () => Promise<typeof import('./fixtures/confirm.js')>;

export function groups() {
  const reserved = defineSaga(Order).step('reserve', { do: reserve, undo: release });
  const both = reserved.parallel({ pay: { do: pay, undo: refund }, note: { do: plain } });
  both.step('confirm', { do: confirm });
  // @ts-expect-error a step of the group reads what another one has
  reserved.parallel({ pay: { do: pay }, confirm: { do: confirm } });
  // @ts-expect-error a name is used once
  reserved.parallel({ reserve: { do: pay }, note: { do: plain } });
  // @ts-expect-error an undo must not refuse
  reserved.parallel({ pay: { do: pay, undo: refusingUndo }, note: { do: plain } });
}

export function choices() {
  const reserved = defineSaga(Order).step('reserve', { do: reserve, undo: release });
  const cases = { card: { do: pay, undo: refund }, invoice: { do: pay }, free: { do: nothing } };
  const chosen = reserved.choice('pay', 'input.method', cases);
  const result: Result<typeof chosen, 'pay'> = undefined;
  reserved.choice('pay', 'reserve.kind', { own: { do: pay }, foreign: { do: nothing } });
  // @ts-expect-error a case is missing
  reserved.choice('pay', 'input.method', { card: { do: pay }, invoice: { do: pay } });
  // @ts-expect-error the value is never this
  reserved.choice('pay', 'reserve.kind', { own: { do: pay }, foreign: { do: pay }, odd: { do: pay } });
  // @ts-expect-error any text may be there
  reserved.choice('pay', 'input.orderId', {});
  // @ts-expect-error unknown path
  reserved.choice('pay', 'input.methods', { card: { do: pay } });
  // @ts-expect-error a case reads what is not there
  reserved.choice('x', 'reserve.kind', { own: { do: confirm }, foreign: { do: pay } });
  return result;
}

type Result<D, Name> = D extends { readonly types?: { readonly context: infer Context } }
  ? Name extends keyof Context
    ? Context[Name]
    : never
  : never;

export function callbacks() {
  const reserved = defineSaga(Order).step('reserve', { do: reserve });
  const asked = reserved.waitForCallback('approve', { do: ask, response: Approval, wait: Duration.days(1) });
  const response: Result<typeof asked, 'approve'> = { by: 'ann', isApproved: true };
  // @ts-expect-error only a step that waits has a token
  reserved.step('approve', { do: ask });
  // @ts-expect-error `wait` is required
  reserved.waitForCallback('approve', { do: ask, response: Approval });
  return response;
}

export function sagas(stack: Stack, stock: DataTable, orders: DataTable, events: EventBus) {
  const definition = defineSaga(Order)
    .step('reserve', { do: reserve, undo: release })
    .waitForCallback('approve', { do: ask, response: Approval, wait: Duration.days(1) })
    .step('pay', { do: pay, undo: refund });
  const bind = { stock, orders, events };
  const made = new Saga(stack, 'All', {
    definition,
    bind,
    cancelled: isCancelled,
    onOutcome: publishOutcome,
  });
  new Saga(stack, 'Steps', { definition, bind: { stock } });
  // @ts-expect-error a need is not bound
  new Saga(stack, 'E1', { definition });
  // @ts-expect-error bound to another kind
  new Saga(stack, 'E2', { definition, bind: { stock: events } });
  // @ts-expect-error what the check needs is not bound
  new Saga(stack, 'E3', { definition, bind: { stock }, cancelled: isCancelled });
  // @ts-expect-error the check must return a boolean
  new Saga(stack, 'E4', { definition, bind: { stock }, cancelled: refund });
  const other = defineSaga(Order).step('reserve', { do: reserve }).step('x', { do: refusingUndo });
  // @ts-expect-error it can be refused with a code that is not expected
  new Saga(stack, 'E5', { definition: other, bind: { stock, events }, onOutcome: publishOutcome });

  new NodeFunction(stack, 'Start', { handler: start, bind: { fulfilment: made } });
  new NodeFunction(stack, 'Respond', { handler: respond, bind: { fulfilment: made } });
  // @ts-expect-error the saga takes something else
  new NodeFunction(stack, 'E6', { handler: startOther, bind: { fulfilment: made } });
  // @ts-expect-error no step waits for this
  new NodeFunction(stack, 'E7', { handler: respondOther, bind: { fulfilment: made } });
}

type Module<Event, Response> = {
  readonly handler: (event: Event, context: any) => Promise<Response>;
};
type Charge = Module<
  {
    readonly orderId: string;
    readonly quantity: number;
    readonly owner?: { readonly runId: string };
    readonly note?: string;
  },
  { readonly status: 'approved'; readonly id: string } | { readonly status: 'declined' }
>;
type Ask = Module<{ readonly token: string; readonly id: string }, void>;

export function calls(
  charge: NodeFunction<Charge>,
  refundCharge: NodeFunction<Module<{ readonly id?: string; readonly why: string }, void>>,
  askOther: NodeFunction<Ask>,
  imported: IFunction,
) {
  const reserved = defineSaga(Order).step('reserve', { do: reserve });
  const input = {
    orderId: 'input.orderId',
    quantity: 'input.quantity',
    owner: { runId: 'execution.runId' },
  } as const;
  const refused = { status: { approved: false, declined: 'card-declined' } } as const;
  const undo = { function: refundCharge, input: { id: 'pay.id', why: 'failure.step' } } as const;
  const paid = reserved.step('pay', { do: { function: charge, input, refused }, undo });
  const result: Result<typeof paid, 'pay'> = { status: 'approved', id: 'a' };
  // @ts-expect-error the refusals are not among the results
  const refusal: Result<typeof paid, 'pay'> = { status: 'declined' };
  const code: Code<typeof paid> = 'card-declined';
  // @ts-expect-error it cannot be refused with another code
  const other: Code<typeof paid> = 'sold-out';
  paid.step('next', { do: { function: charge, input: { ...input, note: 'pay.id' }, refused } });
  reserved.step('other', { do: { function: imported, input: { any: 'reserve.kind', thing: 'input' } } });
  reserved.parallel({ pay: { do: { function: charge, input, refused }, undo }, note: { do: plain } });
  reserved.choice('pay', 'reserve.kind', {
    own: { do: { function: charge, input, refused }, undo },
    foreign: { do: nothing },
  });
  const wait = Duration.days(1);
  const asking = { token: 'taskToken', id: 'input.orderId' } as const;
  reserved.waitForCallback('ask', {
    do: { function: askOther, input: asking },
    response: Approval,
    wait,
  });

  // @ts-expect-error a call does not check the input, as the first step must
  defineSaga(Order).step('pay', { do: { function: charge, input, refused } });
  // @ts-expect-error a path that is not there
  reserved.step('pay', { do: { function: charge, input: { ...input, orderId: 'input.order' } } });
  // @ts-expect-error a path that is not there, for a field that may be missing
  reserved.step('pay', { do: { function: charge, input: { ...input, note: 'input.note' } } });
  // @ts-expect-error a value of another type
  reserved.step('pay', { do: { function: charge, input: { ...input, quantity: 'input.orderId' } } });
  // @ts-expect-error a field is missing
  reserved.step('pay', { do: { function: charge, input: { orderId: 'input.orderId' } } });
  // @ts-expect-error a field that the function does not take
  reserved.step('pay', { do: { function: charge, input: { ...input, total: 'input.quantity' } } });
  // @ts-expect-error a field that a part of the event does not have
  reserved.step('pay', { do: { function: charge, input: { ...input, owner: { run: 'execution.runId' } } } });
  // @ts-expect-error a path that is not there, for a function without a type
  reserved.step('pay', { do: { function: imported, input: { any: 'reserve.kin' } } });
  // @ts-expect-error an expression
  reserved.step('pay', { do: { function: imported, input: { any: 'input.quantity * 2' } } });
  // @ts-expect-error a value of the response is missing
  reserved.step('pay', { do: { function: charge, input, refused: { status: { declined: 'no' } } } });
  // @ts-expect-error the response does not have the field
  reserved.step('pay', { do: { function: charge, input, refused: { state: { declined: 'no' } } } });
  // @ts-expect-error a misspelt property
  reserved.step('pay', { do: { function: charge, input, refuse: refused } });
  // @ts-expect-error the result of the own step may be missing
  reserved.step('pay', { do: pay, undo: { function: refundCharge, input: { why: 'pay.paymentId' } } });
  // @ts-expect-error an undo must not refuse
  reserved.step('pay', { do: pay, undo: { function: charge, input, refused } });
  // @ts-expect-error only a step that waits has a token
  reserved.step('ask', { do: { function: askOther, input: asking } });
  return [result, refusal, code, other];
}

type Code<D> = D extends { readonly types?: { readonly code: infer Code } } ? Code : never;
