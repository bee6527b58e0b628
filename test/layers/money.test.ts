import { add, format, fractionDigits, money, sum, times } from '@storefront/commerce/money';
import fc from 'fast-check';

describe('money', () => {
  it.each([
    ['19.99', 'EUR', 1999],
    ['0.1', 'USD', 10],
    ['-3', 'GBP', -300],
    ['1999', 'JPY', 1999],
    ['4.750', 'KWD', 4750],
  ])('reads %s %s as %d of the smallest unit', (decimal, currency, amount) => {
    expect(money(decimal, currency)).toEqual({ amount, currency });
  });

  it.each([
    ['1.999', 'EUR'],
    ['1.5', 'JPY'],
    ['1e3', 'EUR'],
    ['', 'EUR'],
    ['1,50', 'EUR'],
    ['NaN', 'EUR'],
  ])('refuses "%s" %s', (decimal, currency) => {
    expect(() => money(decimal, currency)).toThrow(/Expected an amount of/);
  });

  it('refuses an amount too large to be counted exactly', () => {
    expect(() => money('90071992547409.93', 'EUR')).toThrow('too large');
    expect(() => times({ amount: Number.MAX_SAFE_INTEGER, currency: 'EUR' }, 2)).toThrow('too large');
  });

  it('adds what floating-point numbers cannot', () => {
    expect(0.1 + 0.2).not.toBe(0.3);
    expect(add(money('0.1', 'EUR'), money('0.2', 'EUR'))).toEqual(money('0.3', 'EUR'));
  });

  it('does not add two currencies', () => {
    expect(() => add(money('1', 'EUR'), money('1', 'USD'))).toThrow('Cannot add USD to EUR');
  });

  it('multiplies by whole quantities only', () => {
    expect(times(money('1.10', 'EUR'), 3)).toEqual(money('3.30', 'EUR'));
    expect(() => times(money('1', 'EUR'), 1.5)).toThrow('whole quantity');
  });

  it('sums in any order to the same, and nothing to zero', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e9 }), { maxLength: 50 }), (amounts) => {
        const prices = amounts.map((amount) => ({ amount, currency: 'EUR' }));
        expect(sum(prices, 'EUR')).toEqual(sum([...prices].reverse(), 'EUR'));
      }),
    );
    expect(sum([], 'EUR')).toEqual({ amount: 0, currency: 'EUR' });
  });

  it('knows how many decimals a currency has', () => {
    expect(['EUR', 'JPY', 'KWD'].map(fractionDigits)).toEqual([2, 0, 3]);
  });

  it('is written as people of a locale write it', () => {
    expect(format(money('1234.5', 'EUR'), 'en')).toBe('€1,234.50');
    expect(format(money('1234.5', 'EUR'), 'de')).toBe('1.234,50\u00a0€');
    expect(format(money('1999', 'JPY'), 'en')).toBe('¥1,999');
    expect(format({ amount: Number.MAX_SAFE_INTEGER, currency: 'EUR' }, 'en')).toBe('€90,071,992,547,409.91');
  });
});
