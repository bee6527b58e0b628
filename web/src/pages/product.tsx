import { useState } from 'preact/hooks';
import type { Product } from '../../../contracts/products.js';
import type { PageProps } from '../routing/routes.js';
import { addToBasket, MAX_QUANTITY } from '../shop/basket.js';
import { nameOf } from '../shop/categories.js';
import { formatMoney } from '../shop/money.js';
import { loadProduct } from '../shop/products.js';
import { Heading } from '../ui/heading.js';
import { Picture } from '../ui/picture.js';
import { Quantity } from '../ui/quantity.js';
import { Failed, Loading } from '../ui/states.js';
import { useLoaded } from '../use-loaded.js';
import { NotFound } from './not-found.js';

export function ProductPage({ params: { productId = '' } }: PageProps) {
  const product = useLoaded((signal) => loadProduct(productId, signal), [productId]);
  if (product.state === 'loading') return <Loading what="the product" />;
  if (product.state === 'failed') return <Failed {...product} />;
  return product.value ? <Details product={product.value} /> : <NotFound />;
}

function Details({ product }: { readonly product: Product }) {
  const { productId, name, description, category, price, stock } = product;
  return (
    <article class="product">
      <Picture productId={productId} />
      <div>
        <p class="crumbs">
          <a href={`/?category=${category}`}>{nameOf(category)}</a>
        </p>
        <Heading title={name} />
        <p class="price">{formatMoney(price)}</p>
        <p>{description}</p>
        <p class={stock === 0 ? 'sold-out' : 'in-stock'}>{availabilityOf(stock)}</p>
        {stock > 0 && <Order product={product} />}
      </div>
    </article>
  );
}

function Order({ product }: { readonly product: Product }) {
  const [quantity, setQuantity] = useState(1);
  const [added, setAdded] = useState(0);
  const add = (event: Event) => {
    event.preventDefault();
    addToBasket(product, quantity);
    setAdded(added + quantity);
  };
  return (
    <form class="order" onSubmit={add}>
      <Quantity
        label="Quantity"
        value={quantity}
        max={Math.min(product.stock, MAX_QUANTITY)}
        onValue={setQuantity}
      />
      <button type="submit">Add to the basket</button>
      <p role="status">
        {added > 0 && (
          <>
            {added === 1 ? 'It is' : `${added} are`} in your <a href="/basket">basket</a>.
          </>
        )}
      </p>
    </form>
  );
}

function availabilityOf(stock: number): string {
  if (stock === 0) return 'Sold out';
  return stock <= 5 ? `Only ${stock} left` : 'In stock';
}
