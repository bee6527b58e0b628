import type { Product } from '../../../contracts/products.js';

type Money = Product['price'];

/** An amount as people of the browser's language write it. */
export function formatMoney({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  const { maximumFractionDigits = 2 } = format.resolvedOptions();
  return format.format(amount / 10 ** maximumFractionDigits);
}

/** The sums, one for each currency: amounts of two are never added. */
export function totalsOf(lines: readonly { readonly price: Money; readonly quantity: number }[]): Money[] {
  const sums = new Map<Money['currency'], number>();
  for (const { price, quantity } of lines)
    sums.set(price.currency, (sums.get(price.currency) ?? 0) + price.amount * quantity);
  return [...sums].map(([currency, amount]) => ({ amount, currency }));
}
