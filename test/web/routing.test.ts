import { destination } from '../../web/src/identity/destination.js';
import { match } from '../../web/src/routing/match.js';

it.each([
  ['/', '/', {}],
  ['/basket', '/basket', {}],
  ['/basket', '/basket/', {}],
  ['/products/:productId', '/products/prd_1', { productId: 'prd_1' }],
  ['/products/:productId', '/products/a%2Fb', { productId: 'a/b' }],
])('%s is the page of %s', (pattern, path, parameters) => expect(match(pattern, path)).toEqual(parameters));

it.each([
  ['/', '/basket'],
  ['/basket', '/Basket'],
  ['/products/:productId', '/products'],
  ['/products/:productId', '/products/'],
  ['/products/:productId', '/products/prd_1/more'],
  ['/products/:productId', '/products/%E0%A4%A'],
])('%s is not the page of %s', (pattern, path) => expect(match(pattern, path)).toBeUndefined());

it.each([
  ['/checkout', '/checkout'],
  ['//evil.example.com', '/'],
  ['/\\evil.example.com', '/'],
  ['https://evil.example.com', '/'],
  ['javascript:alert(1)', '/'],
  ['', '/'],
])('after signing in, "%s" leads to %s', (then, page) =>
  expect(destination(new URLSearchParams({ then }))).toBe(page),
);

it('after signing in, the default page is the catalogue', () => {
  expect(destination(new URLSearchParams())).toBe('/');
});
