/** Amount in the currency's smallest unit, a whole number, so that sums are exact. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** Returns the number of decimal digits of a currency: 2 for EUR, 0 for JPY, 3 for KWD (ISO 4217, by Intl). */
export function fractionDigits(currency: string): number {
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  );
}

/**
 * Parses a decimal number, for example `money('19.99', 'EUR')`.
 *
 * @throws RangeError when it is not a decimal number, has more digits than the currency, or is too large to be exact
 */
export function money(decimal: string, currency: string): Money {
  const digits = fractionDigits(currency);
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal);
  if (!match || (match[3]?.length ?? 0) > digits) {
    throw new RangeError(
      `Expected an amount of ${currency} with at most ${digits} decimals, got "${decimal}"`,
    );
  }
  const [, sign, whole, fraction = ''] = match;
  return exact(Number(`${sign}${whole}${fraction.padEnd(digits, '0')}`), currency);
}

/** Adds two amounts. @throws RangeError when the currencies differ or the sum is too large to be exact */
export function add(a: Money, b: Money): Money {
  if (a.currency !== b.currency) {
    throw new RangeError(`Cannot add ${b.currency} to ${a.currency}: convert one of them first`);
  }
  return exact(a.amount + b.amount, a.currency);
}

/** Multiplies an amount by a quantity. @throws RangeError when the quantity is not a whole number or the product is too large */
export function times(price: Money, quantity: number): Money {
  if (!Number.isSafeInteger(quantity)) throw new RangeError(`Expected a whole quantity, got ${quantity}`);
  return exact(price.amount * quantity, price.currency);
}

/** Returns the sum of the amounts; zero of the currency for an empty list. */
export function sum(amounts: readonly Money[], currency: string): Money {
  return amounts.reduce(add, { amount: 0, currency });
}

/** Formats an amount for a locale: `format({ amount: 1999, currency: 'EUR' }, 'de')` is `19,99 €`. */
export function format({ amount, currency }: Money, locale = 'en'): string {
  // A decimal string, not a division: Intl formats it digit by digit.
  const decimal = `${amount}E-${fractionDigits(currency)}` as Intl.StringNumericLiteral;
  return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(decimal);
}

function exact(amount: number, currency: string): Money {
  if (!Number.isSafeInteger(amount))
    throw new RangeError(`${amount} ${currency} is too large to be counted exactly`);
  return { amount, currency };
}
