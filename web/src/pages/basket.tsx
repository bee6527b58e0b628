import { type BasketLine, basket, MAX_QUANTITY, setQuantity } from '../shop/basket.js';
import { formatMoney, totalsOf } from '../shop/money.js';
import { useStore } from '../store.js';
import { Heading } from '../ui/heading.js';
import { Picture } from '../ui/picture.js';
import { Quantity } from '../ui/quantity.js';

export function BasketPage() {
  const lines = useStore(basket);
  return (
    <>
      <Heading title="Your basket" />
      {lines.length === 0 ? (
        <p>
          It is empty. <a href="/">Look around in the catalogue.</a>
        </p>
      ) : (
        <>
          <ul class="lines">
            {lines.map((line) => (
              <Line key={line.productId} line={line} />
            ))}
          </ul>
          <Total />
        </>
      )}
    </>
  );
}

function Line({ line }: { readonly line: BasketLine }) {
  const { productId, name, price, quantity } = line;
  return (
    <li class="line">
      <Picture productId={productId} />
      <p class="name">
        <a href={`/products/${productId}`}>{name}</a>
      </p>
      <Quantity
        label={`Quantity of ${name}`}
        value={quantity}
        max={MAX_QUANTITY}
        onValue={(value) => setQuantity(productId, value)}
      />
      <p class="price">{formatMoney({ ...price, amount: price.amount * quantity })}</p>
      <button type="button" class="plain" onClick={() => setQuantity(productId, 0)}>
        Remove<span class="visually-hidden"> {name}</span>
      </button>
    </li>
  );
}

function Total() {
  const totals = totalsOf(useStore(basket));
  return (
    <div class="total">
      <p role="status">
        Total <strong>{totals.map(formatMoney).join(' and ')}</strong>
      </p>
      {totals.length === 1 && (
        <a class="button" href="/checkout">
          Go to checkout
        </a>
      )}
      {totals.length > 1 && (
        <p class="hint">One order is paid in one currency: buy these one after the other.</p>
      )}
    </div>
  );
}
