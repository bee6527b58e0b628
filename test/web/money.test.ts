import { formatMoney, totalsOf } from '../../web/src/shop/money.js';

const shown = (amount: number, currency: any) => formatMoney({ amount, currency }).replace(/[^\d.,]/g, '');

it.each([
  [1999, 'EUR', '19.99'],
  [1999, 'JPY', '1,999'],
  [4750, 'KWD', '4.750'],
  [0, 'SEK', '0.00'],
])("%i %s is shown as %s: in the currency's own fractions", (amount, currency, text) => {
  expect(shown(amount, currency)).toBe(text);
});

it('there is one sum per currency', () => {
  const line = (amount: number, currency: 'EUR' | 'JPY', quantity: number) => ({
    price: { amount, currency },
    quantity,
  });
  expect(totalsOf([line(100, 'EUR', 2), line(500, 'JPY', 1), line(50, 'EUR', 1)])).toEqual([
    { amount: 250, currency: 'EUR' },
    { amount: 500, currency: 'JPY' },
  ]);
  expect(totalsOf([])).toEqual([]);
});
