import type { Product } from '../../../contracts/products.js';
import { Kept } from '../kept.js';
import { type Store, store } from '../store.js';

/** What somebody wants to buy. Name and price are those of when it was put in; the shop has the last word. */
export interface BasketLine extends Pick<Product, 'productId' | 'name' | 'price'> {
  readonly quantity: number;
}

export type Basket = readonly BasketLine[];

const KEY = 'basket';
const kept = new Kept(() => localStorage, KEY);
export const MOST_OF_ONE = 99;

/** It is there without an account, after a reload and in every tab. */
export const basket: Store<Basket> = store(read());

addEventListener('storage', ({ key }) => {
  if (key === KEY) basket.set(read());
});

function read(): Basket {
  try {
    const lines: unknown = JSON.parse(kept.get() ?? '[]');
    return Array.isArray(lines) ? lines.filter(isLine) : [];
  } catch {
    // It is not ours.
    return [];
  }
}

function isLine(line: BasketLine): boolean {
  return typeof line?.productId === 'string' && Number.isInteger(line.quantity) && !!line.price?.currency;
}

function write(lines: Basket): void {
  basket.set(lines);
  kept.set(JSON.stringify(lines));
}

export function addToBasket({ productId, name, price }: Product, quantity: number): void {
  const known = basket.get().find((line) => line.productId === productId);
  const sum = Math.min((known?.quantity ?? 0) + quantity, MOST_OF_ONE);
  const line = { productId, name, price, quantity: sum };
  write(known ? basket.get().map((one) => (one === known ? line : one)) : [...basket.get(), line]);
}

/** Sets how many there are of a product; 0 takes it out. */
export function setQuantity(productId: string, quantity: number): void {
  const lines = basket.get().map((line) => (line.productId === productId ? { ...line, quantity } : line));
  write(lines.filter((line) => line.quantity > 0));
}

export function emptyBasket(): void {
  write([]);
}

export function countOf(lines: Basket): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}
