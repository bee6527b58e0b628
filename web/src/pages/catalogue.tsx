import { bodyOf } from 'cdk-trellis/client';
import type { Product } from '../../../contracts/products.js';
import type { PageProps } from '../routing/routes.js';
import { CATEGORIES, nameOf } from '../shop/categories.js';
import { formatMoney } from '../shop/money.js';
import { products } from '../shop/products.js';
import { Heading } from '../ui/heading.js';
import { Pages } from '../ui/pages.js';
import { Picture } from '../ui/picture.js';

const PAGE_SIZE = 12;

export function Catalogue({ query }: PageProps) {
  const category = query.get('category') ?? undefined;
  return (
    <>
      <Heading title={category ? nameOf(category) : 'Storefront'}>
        {category ? nameOf(category) : 'Things for the home, made to last'}
      </Heading>
      <Categories chosen={category} />
      <Listing key={category} category={category} />
    </>
  );
}

function Categories({ chosen }: { readonly chosen: string | undefined }) {
  const entries = [['Everything', undefined], ...CATEGORIES.map((name) => [nameOf(name), name])] as const;
  return (
    <nav class="categories" aria-label="Categories">
      <ul>
        {entries.map(([label, name]) => (
          <li key={label}>
            <a href={name ? `/?category=${name}` : '/'} aria-current={name === chosen ? 'page' : undefined}>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Listing({ category }: { readonly category: string | undefined }) {
  return (
    <Pages
      what="products"
      none="There is nothing in this category at the moment."
      load={async (cursor, signal) =>
        bodyOf(await products.listProducts({ query: { limit: PAGE_SIZE, category, cursor }, signal }))
      }
    >
      {(items: readonly Product[]) => (
        <ul class="products">
          {items.map((product) => (
            <Card key={product.productId} product={product} />
          ))}
        </ul>
      )}
    </Pages>
  );
}

function Card({ product: { productId, name, price, stock } }: { readonly product: Product }) {
  return (
    <li class="card">
      <Picture productId={productId} />
      <h2>
        <a href={`/products/${productId}`}>{name}</a>
      </h2>
      <p class="price">{formatMoney(price)}</p>
      {stock === 0 && <p class="sold-out">Sold out</p>}
    </li>
  );
}
