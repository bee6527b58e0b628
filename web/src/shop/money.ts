import type { Product } from '../../../contracts/products.js';

type Money = Product['price'];

/** Formats an amount in the browser's locale. */
export function formatMoney({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  const { maximumFractionDigits = 2 } = format.resolvedOptions();
  return format.format(amount / 10 ** maximumFractionDigits);
}

/** Returns one sum per currency. */
export function totalsOf(lines: readonly { readonly price: Money; readonly quantity: number }[]): Money[] {
  const sums = new Map<Money['currency'], number>();
  for (const { price, quantity } of lines)
    sums.set(price.currency, (sums.get(price.currency) ?? 0) + price.amount * quantity);
  return [...sums].map(([currency, amount]) => ({ amount, currency }));
}
