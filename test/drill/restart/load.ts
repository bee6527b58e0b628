import { randomUUID } from 'node:crypto';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { localClientConfig } from '../../../bin/local-storefront.js';
import { OrderPlaced } from '../../../contracts/order-events.js';
import type { Order } from '../../../contracts/orders.js';
import { nameOf } from '../../behaviour/deployed.js';
import { placeOrder } from '../../behaviour/shop.js';
import { call, deployedCloud } from '../../behaviour/support.js';

export interface Customer {
  readonly token: string;
  readonly id: string;
}

/** An order that was acknowledged. */
export interface Placed {
  readonly orderId: string;
  readonly key: string;
  readonly token: string;
  readonly productId: string;
  readonly cardToken: string;
  /** When it was acknowledged. */
  readonly at: number;
  /** When its cancellation was acknowledged. */
  cancelledAt?: number;
}

export interface Load {
  readonly customers: readonly Customer[];
  readonly orders: number;
  readonly productId: string;
  /** Ends the cloud; called once, when half of the orders are acknowledged. */
  readonly end: () => void;
}

/** Of five orders one is declined, one is cancelled at once, and one is cancelled while its payment fails. */
const CARDS = ['tok_approve', 'tok_approve', 'tok_flaky', 'tok_approve', 'tok_decline'];
const CANCELLED = [true, false, true, false, false];

/**
 * Orders of all customers at once: some are declined, some cancelled, some have their event published twice.
 *
 * @returns those that were acknowledged before the cloud had ended
 */
export async function placeUnderLoad({ customers, orders, productId, end }: Load): Promise<Placed[]> {
  const placed: Placed[] = [];
  const publishAgain = await duplicates();
  let ended = false;
  const shop = async ({ token, id: customerId }: Customer) => {
    // On a busy machine some requests fail: without further ones the load might never have half of the orders.
    for (let n = 0; n < (3 * orders) / customers.length; n += 1) {
      const [key, cardToken] = [randomUUID(), CARDS[n % CARDS.length]!];
      try {
        const { status, body } = await placeOrder({ productId, token, key, cardToken });
        if (status !== 201 && ended) return;
        if (status !== 201) continue;
        const order: Placed = { orderId: body.orderId, key, token, productId, cardToken, at: Date.now() };
        placed.push(order);
        if (placed.length >= orders / 2 && !ended) {
          ended = true;
          end();
        }
        if (CANCELLED[n % CANCELLED.length]) await cancel(order);
        if (n % 3 === 1) await publishAgain(body, customerId, cardToken);
      } catch {
        // Only acknowledged orders count.
        if (ended) return;
      }
    }
  };
  await Promise.all(customers.map(shop));
  return placed;
}

/** It may be too late to cancel. */
async function cancel(order: Placed): Promise<void> {
  const { orderId, token } = order;
  const { status } = await call('orders', `/orders/${orderId}`, { method: 'DELETE', token });
  if (status === 202) order.cancelledAt = Date.now();
}

/** Publishes the event of an order once more, with an id of its own. */
async function duplicates() {
  const bus = new EventBridgeClient({ ...localClientConfig(deployedCloud()), maxAttempts: 1 });
  const EventBusName = await nameOf('StorefrontPlatform', 'AWS::Events::EventBus', 'EventsBus');
  const { name, source, version } = OrderPlaced;
  return async ({ orderId, lines, total }: Order, customerId: string, cardToken: string) => {
    const id = randomUUID();
    const metadata = { id, version, time: new Date().toISOString(), correlationId: id };
    const quantities = lines.map(({ productId, quantity }) => ({ productId, quantity }));
    const data = { orderId, customerId, lines: quantities, total, cardToken };
    const Detail = JSON.stringify({ metadata, data });
    await bus.send(
      new PutEventsCommand({ Entries: [{ EventBusName, Source: source, DetailType: name, Detail }] }),
    );
  };
}
