import { bodyOf } from 'cdk-trellis/client';
import { useState } from 'preact/hooks';
import type { Address, Profile } from '../../../contracts/users.js';
import { SignedIn } from '../identity/signed-in.js';
import { navigate } from '../routing/router.js';
import { basket, countOf, emptyBasket } from '../shop/basket.js';
import { orders, users } from '../shop/customer.js';
import { formatMoney, totalsOf } from '../shop/money.js';
import { useStore } from '../store.js';
import { AddressFields, NO_ADDRESS } from '../ui/address-fields.js';
import { Choice } from '../ui/choice.js';
import { Form } from '../ui/form.js';
import { Heading } from '../ui/heading.js';
import { Failed, Loading } from '../ui/states.js';
import { useSubmit } from '../ui/use-submit.js';
import { useLoaded } from '../use-loaded.js';

/** Tokens of the fake payment provider, one for each outcome of a payment. */
const CARDS = {
  tok_approve: 'A card that pays',
  tok_decline: 'A card that is declined',
  tok_flaky: 'A card that pays at the third attempt',
  tok_timeout: 'A card whose bank does not respond',
} as const;

export function CheckoutPage() {
  return (
    <SignedIn title="Checkout">
      <Checkout />
    </SignedIn>
  );
}

function Checkout() {
  const profile = useLoaded(async (signal) => bodyOf(await users.getProfile({ signal })), []);
  if (profile.state === 'loading') return <Loading what="your address" />;
  if (profile.state === 'failed') return <Failed {...profile} />;
  return <Order profile={profile.value} />;
}

function Order({ profile }: { readonly profile: Profile }) {
  const lines = useStore(basket);
  const [address, setAddress] = useState<Address>(profile.address ?? NO_ADDRESS);
  const [cardToken, setCardToken] = useState<keyof typeof CARDS>('tok_approve');
  const [idempotencyKey] = useState(() => new IdempotencyKey());
  const submit = useSubmit(async () => {
    const order = {
      lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
      address,
      cardToken,
    };
    const placed = bodyOf(await orders.placeOrder({ body: order, idempotencyKey: idempotencyKey.of(order) }));
    emptyBasket();
    navigate(`/orders/${placed.orderId}`, { replace: true });
  });
  if (lines.length === 0) {
    return (
      <>
        <Heading title="Checkout" />
        <p>
          Your basket is empty. <a href="/">Look around in the catalogue.</a>
        </p>
      </>
    );
  }
  const total = totalsOf(lines).map(formatMoney).join(' and ');
  return (
    <>
      <Heading title="Checkout" />
      <p class="summary">
        {countOf(lines)} {countOf(lines) === 1 ? 'thing' : 'things'} for <strong>{total}</strong>
      </p>
      <Form submit={submit} action={`Order and pay ${total}`}>
        <AddressFields value={address} onValue={setAddress} />
        <Choice label="Card" value={cardToken} options={CARDS} onValue={setCardToken} />
      </Form>
    </>
  );
}

/** Returns the same key for every attempt to place the same order, and a new one for a changed order. */
class IdempotencyKey {
  private last: { readonly content: string; readonly key: string } | undefined;

  of(order: object): string {
    const content = JSON.stringify(order);
    if (this.last?.content !== content) this.last = { content, key: crypto.randomUUID() };
    return this.last.key;
  }
}
