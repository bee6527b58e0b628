import { keyUri } from '../../web/src/identity/key-uri.js';

it('the URI of a key has the shop and the account', () => {
  const uri = new URL(keyUri('ABCDEFGH234567', 'ada+shop@example.com'));
  expect([uri.protocol, uri.host]).toEqual(['otpauth:', 'totp']);
  expect(decodeURIComponent(uri.pathname)).toBe('/Storefront:ada+shop@example.com');
  expect(Object.fromEntries(uri.searchParams)).toEqual({ secret: 'ABCDEFGH234567', issuer: 'Storefront' });
});
