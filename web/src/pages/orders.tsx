import { bodyOf } from 'cdk-trellis/client';
import type { Order } from '../../../contracts/orders.js';
import { SignedIn } from '../identity/signed-in.js';
import { orders } from '../shop/customer.js';
import { formatMoney } from '../shop/money.js';
import { formatTime, STATUS_NAMES } from '../shop/order-status.js';
import { Heading } from '../ui/heading.js';
import { Pages } from '../ui/pages.js';

export function OrdersPage() {
  return (
    <SignedIn title="Your orders">
      <Heading title="Your orders" />
      <Pages
        what="your orders"
        none="You have not ordered anything yet."
        load={async (cursor, signal) => bodyOf(await orders.listOrders({ query: { cursor }, signal }))}
      >
        {(items: readonly Order[]) => (
          <ul class="rows">
            {items.map((order) => (
              <li class="row" key={order.orderId}>
                <p>
                  <a href={`/orders/${order.orderId}`}>{order.lines.map(({ name }) => name).join(', ')}</a>
                  <br />
                  <span class="hint">{formatTime(order.placedAt)}</span>
                </p>
                <p>
                  <span class={`status ${order.status}`}>{STATUS_NAMES[order.status]}</span>{' '}
                  <span class="price">{formatMoney(order.total)}</span>
                </p>
              </li>
            ))}
          </ul>
        )}
      </Pages>
    </SignedIn>
  );
}
