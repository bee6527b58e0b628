import type { Product } from '../../../contracts/products.js';
import { Kept } from '../kept.js';
import { type Store, store } from '../store.js';

/** A product in the basket. Name and price are from the time it was added; the order uses the current ones. */
export interface BasketLine extends Pick<Product, 'productId' | 'name' | 'price'> {
  readonly quantity: number;
}

export type Basket = readonly BasketLine[];

const KEY = 'basket';
const kept = new Kept(() => localStorage, KEY);
export const MAX_QUANTITY = 99;

/** The basket, which needs no account, survives a reload and is shared by all tabs. */
export const basket: Store<Basket> = store(read());

addEventListener('storage', ({ key }) => {
  if (key === KEY) basket.set(read());
});

function read(): Basket {
  try {
    const lines: unknown = JSON.parse(kept.get() ?? '[]');
    return Array.isArray(lines) ? lines.filter(isLine) : [];
  } catch {
    // The stored value has another format.
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
  const existing = basket.get().find((line) => line.productId === productId);
  const sum = Math.min((existing?.quantity ?? 0) + quantity, MAX_QUANTITY);
  const line = { productId, name, price, quantity: sum };
  write(
    existing ? basket.get().map((other) => (other === existing ? line : other)) : [...basket.get(), line],
  );
}

/** Sets the quantity of a product; 0 removes it. */
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
