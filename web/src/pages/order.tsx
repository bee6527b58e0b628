import { bodyOf, ResponseError } from 'cdk-trellis/client';
import { useEffect, useState } from 'preact/hooks';
import type { Order } from '../../../contracts/orders.js';
import { SignedIn } from '../identity/signed-in.js';
import type { PageProps } from '../routing/routes.js';
import { orders } from '../shop/customer.js';
import { formatMoney } from '../shop/money.js';
import { explain, formatTime, STATUS_NAMES } from '../shop/order-status.js';
import { Heading } from '../ui/heading.js';
import { Failed, Loading } from '../ui/states.js';
import { useSubmit } from '../ui/use-submit.js';
import { useLoaded } from '../use-loaded.js';
import { NotFound } from './not-found.js';

/** Interval at which an order in progress is loaded again. */
const POLL_INTERVAL = 1_000;

export function OrderPage({ params: { orderId = '' } }: PageProps) {
  return (
    <SignedIn title="Your order">
      <Current orderId={orderId} />
    </SignedIn>
  );
}

async function loadOrder(orderId: string, signal: AbortSignal): Promise<Order | undefined> {
  const result = await orders.getOrder({ params: { orderId }, signal });
  if (result.ok) return result.body;
  if (result.status === 404 || result.status === 400) return undefined;
  throw new ResponseError(result);
}

function Current({ orderId }: { readonly orderId: string }) {
  const [polls, setPolls] = useState(0);
  const [last, setLast] = useState<Order>();
  const order = useLoaded((signal) => loadOrder(orderId, signal), [orderId, polls]);
  const value = order.state === 'ready' ? order.value : undefined;
  useEffect(() => {
    if (!value) return;
    setLast(value);
    if (value.status !== 'PLACED') return;
    const timer = setTimeout(() => setPolls((count) => count + 1), POLL_INTERVAL);
    return () => clearTimeout(timer);
  }, [value]);
  const shown = value ?? last;
  if (order.state === 'failed') return <Failed {...order} />;
  if (shown) return <Details order={shown} onChange={setLast} />;
  return order.state === 'loading' ? <Loading what="your order" /> : <NotFound />;
}

function Details({ order, onChange }: { readonly order: Order; readonly onChange: (order: Order) => void }) {
  const { orderId, status, lines, total, address, placedAt } = order;
  return (
    <>
      <Heading title="Your order" />
      <p role="status">
        <span class={`status ${status}`}>{STATUS_NAMES[status]}</span> {explain(order)}
      </p>
      <ul class="rows">
        {lines.map(({ productId, name, quantity, price }) => (
          <li class="row" key={productId}>
            <p>
              {quantity} × <a href={`/products/${productId}`}>{name}</a>
            </p>
            <p class="price">{formatMoney({ ...price, amount: price.amount * quantity })}</p>
          </li>
        ))}
      </ul>
      <p class="total">
        Total <strong>{formatMoney(total)}</strong>
      </p>
      <p>
        To {address.recipient}, {address.street}, {address.postalCode} {address.city}, {address.country}
      </p>
      <p class="hint">
        Placed {formatTime(placedAt)}, number {orderId}
      </p>
      {status === 'PLACED' && !order.cancelRequested && <Cancel orderId={orderId} onChange={onChange} />}
    </>
  );
}

function Cancel({
  orderId,
  onChange,
}: {
  readonly orderId: string;
  readonly onChange: (order: Order) => void;
}) {
  const { onSubmit, problem } = useSubmit(async () =>
    onChange(bodyOf(await orders.cancelOrder({ params: { orderId } }))),
  );
  return (
    <form onSubmit={onSubmit}>
      <button type="submit" class="plain">
        Cancel the order
      </button>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
