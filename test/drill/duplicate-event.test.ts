import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DeleteFunctionConcurrencyCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { localClientConfig } from '../../bin/local-storefront.js';
import { OrderPlaced } from '../../contracts/order-events.js';
import { PAYMENTS } from '../../stacks/payments.js';
import { publishedName } from '../../stacks/published-functions.js';
import { nameOf } from '../behaviour/deployed.js';
import { finished, messageAbout, newProduct, placeOrder, stockOf } from '../behaviour/shop.js';
import { call, customerTokens, deployedCloud } from '../behaviour/support.js';

const config = localClientConfig(deployedCloud());
const lambda = new LambdaClient(config);
const workflows = new SFNClient(config);
const bus = new EventBridgeClient(config);

/** Publishes the event of an order that was placed once more. EventBridge has given the first one an id of its own. */
async function publishAgain(id: string, data: object): Promise<void> {
  const { name, source, version } = OrderPlaced;
  const metadata = { id, version, time: new Date().toISOString(), correlationId: id };
  const EventBusName = await nameOf('StorefrontPlatform', 'AWS::Events::EventBus', 'EventsBus');
  const entry = {
    EventBusName,
    Source: source,
    DetailType: name,
    Detail: JSON.stringify({ metadata, data }),
  };
  const { FailedEntryCount } = await bus.send(new PutEventsCommand({ Entries: [entry] }));
  expect(FailedEntryCount).toBe(0);
}

async function executions(stateMachineArn: string) {
  const { executions: found = [] } = await workflows.send(
    new ListExecutionsCommand({ stateMachineArn, maxResults: 1000 }),
  );
  return found;
}

it('a confirmed order stays confirmed, with one payment and one message, when its event is published again while payments cannot run', async () => {
  const { accessToken: token } = await customerTokens();
  const productId = await newProduct(3);
  const { orderId } = (await placeOrder({ productId, token, quantity: 2 })).body;
  const order = await finished(orderId, token);
  expect(order.status).toBe('CONFIRMED');
  const { sub: customerId } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
  const data = {
    orderId,
    customerId,
    lines: [{ productId, quantity: 2 }],
    total: order.total,
    cardToken: 'tok_approve',
  };
  const machine = await nameOf('StorefrontOrders', 'AWS::StepFunctions::StateMachine', 'Fulfilment');
  const before = (await executions(machine)).length;
  const FunctionName = publishedName(PAYMENTS, 'Charge');
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
  try {
    // As an Outbox does that cannot know whether EventBridge has taken an event: the same one twice.
    const id = randomUUID();
    await publishAgain(id, data);
    await publishAgain(id, data);
    for (let attempt = 0; attempt < 450; attempt += 1) {
      const all = await executions(machine);
      if (all.length > before && all.every(({ status }) => status !== 'RUNNING')) break;
      await setTimeout(200);
    }
  } finally {
    await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  }
  expect((await executions(machine)).length).toBe(before + 1);
  expect((await call('orders', `/orders/${orderId}`, { token })).body).toMatchObject({ status: 'CONFIRMED' });
  expect(await stockOf(productId)).toBe(1);
  expect(await messageAbout(orderId, token)).toMatchObject([{ kind: 'order-confirmed' }]);
});
