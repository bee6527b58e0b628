import type { Product } from '../../contracts/products.js';

/**
 * Product as stored in the table. The contract's schema removes the two additional attributes from responses. All
 * products share one partition key in the index `catalogue`, which serves 3,000 reads per second. Cached pages keep a
 * shop far below that rate.
 */
export type ProductItem = Product & { readonly listing: 'catalogue'; readonly sort: string };

export function toItem(product: Product): ProductItem {
  return { ...product, listing: 'catalogue', sort: sortKey(product.name, product.productId) };
}

/** Returns the sort key of a listing: by name, then by id. */
export function sortKey(name: string, productId: string): string {
  return `${name.toLowerCase()}#${productId}`;
}
