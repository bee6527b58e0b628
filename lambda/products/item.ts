import type { Product } from '../../contracts/products.js';

/**
 * A product as the table holds it; the contract's schema keeps the two further attributes from ever being sent.
 * Every product stands in the index `catalogue` under one key: that serves 3,000 reads a second, which a shop
 * reaches long after its pages are cached.
 */
export type ProductItem = Product & { readonly listing: 'catalogue'; readonly sort: string };

export function toItem(product: Product): ProductItem {
  return { ...product, listing: 'catalogue', sort: sortKey(product.name, product.productId) };
}

/** Orders a listing by name, and products of one name by id. */
export function sortKey(name: string, productId: string): string {
  return `${name.toLowerCase()}#${productId}`;
}
