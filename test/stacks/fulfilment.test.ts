import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import jsonata from 'jsonata';
import { ChargeRequest, PAYMENT_SECONDS, RefundRequest } from '../../contracts/payments.js';
import { ReleaseRequest, ReserveRequest, SettleRequest, STOCK_SECONDS } from '../../contracts/stock.js';
import { OrdersStack } from '../../stacks/orders.js';
import { PaymentsStack } from '../../stacks/payments.js';
import { ProductsStack } from '../../stacks/products.js';

const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
const stack = new OrdersStack(app, 'Orders');
const template = Template.fromStack(stack);
const machines = Object.values<any>(template.findResources('AWS::StepFunctions::StateMachine'));
const [machine] = machines.filter(({ Properties }) => Properties.DefinitionString.includes('"reserve"'));
const { States } = JSON.parse(machine.Properties.DefinitionString);

const orderId = `ord_${'0'.repeat(32)}`;
const input = {
  orderId,
  customerId: 'user-ada',
  lines: [{ productId: 'prd_4f1c2a', quantity: 2 }],
  total: { amount: 17800, currency: 'EUR' },
  cardToken: 'tok_approve',
};
const Execution = { Id: 'arn', Name: 'one', StartTime: 'now', Input: input };
const runId = 'one@now';

async function evaluate(expression: string, states: object): Promise<any> {
  const value = await jsonata(expression.slice(3, -3)).evaluate(
    {},
    { states: { context: { Execution }, ...states } },
  );
  return JSON.parse(JSON.stringify(value));
}

/** Event of the function that a state invokes. */
const eventOf = (state: string) => evaluate(States[state].Arguments.Payload, { input: { claim: {} } });

/** Context after a response to a step. */
const contextAfter = (state: string, Payload: unknown) =>
  evaluate(States[state].Output, { input: {}, result: { Payload } });

const refusal = (step: string, code: string) => ({ failure: { step, reason: { kind: 'refused', code } } });

describe('the fulfilment of an order', () => {
  it.each([
    ['reserve', ReserveRequest, { orderId, runId, lines: input.lines }],
    ['Undo reserve', ReleaseRequest, { orderId, runId }],
    ['pay', ChargeRequest, { orderId, runId, amount: input.total, cardToken: 'tok_approve' }],
    ['Undo pay', RefundRequest, { orderId, runId }],
    ['settle', SettleRequest, { orderId, runId }],
  ])(
    'calls the function of another service to %s, as its contract demands',
    async (state, Request, event) => {
      expect(await eventOf(state)).toEqual(event);
      expect(Request.parse(await eventOf(state))).toEqual(event);
    },
  );

  it.each([
    ['reserve', { status: 'done' }, { reserve: { status: 'done' } }],
    ['reserve', { status: 'refused', products: [] }, refusal('reserve', 'sold-out')],
    ['reserve', { status: 'duplicate' }, refusal('reserve', 'duplicate')],
    ['pay', { status: 'approved' }, { pay: { status: 'approved' } }],
    ['pay', { status: 'declined' }, refusal('pay', 'payment-declined')],
    ['pay', { status: 'duplicate' }, refusal('pay', 'duplicate')],
    ['settle', { status: 'done' }, { settle: { status: 'done' } }],
    ['settle', { status: 'refused', products: [] }, refusal('settle', 'sold-out')],
  ])('at %s, takes %j as a result or as a refusal', async (state, response, context) => {
    expect(await contextAfter(state, response)).toEqual(context);
  });

  it('waits for functions of other services for as long as they may run, so that no undo runs beside them', () => {
    const timeouts = [
      new PaymentsStack(new App(), 'Payments'),
      new ProductsStack(new App(), 'Products'),
    ].flatMap((service) =>
      Object.values<any>(Template.fromStack(service).findResources('AWS::Lambda::Function')).flatMap(
        ({ Properties: { FunctionName, Timeout } }) =>
          typeof FunctionName === 'string' && !FunctionName.endsWith('Quote')
            ? [[FunctionName, Timeout]]
            : [],
      ),
    );
    expect(Object.fromEntries(timeouts)).toEqual({
      'storefront-payments-Charge': PAYMENT_SECONDS,
      'storefront-payments-Refund': PAYMENT_SECONDS,
      'storefront-stock-Release': STOCK_SECONDS,
      'storefront-stock-Reserve': STOCK_SECONDS,
      'storefront-stock-Settle': STOCK_SECONDS,
    });
    expect(States.pay.TimeoutSeconds).toBeGreaterThan(PAYMENT_SECONDS);
    expect(States['Undo pay'].TimeoutSeconds).toBeGreaterThan(PAYMENT_SECONDS);
    for (const state of ['reserve', 'Undo reserve', 'settle']) {
      expect(States[state].TimeoutSeconds).toBeGreaterThan(STOCK_SECONDS);
    }
  });
});
