import { type CorsSettings, withCors } from '../../lib/http/cors.js';

const shop = 'https://shop.example.com';
const settings: CorsSettings = {
  origins: [shop, 'https://admin.example.com'],
  credentials: true,
  exposeHeaders: ['etag'],
};
const headersOf = (origin: string | undefined, given: CorsSettings | undefined = settings, headers = {}) =>
  withCors({ status: 200, headers, body: '' }, origin, given).headers;

describe('a reply', () => {
  it('may be read by an origin of the list', () => {
    expect(headersOf(shop)).toEqual({
      vary: 'origin',
      'access-control-allow-origin': shop,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'etag',
    });
  });

  it.each([undefined, '', 'null', 'https://evil.example.com', `${shop}.evil.com`, shop.toUpperCase()])(
    'may not be read by %p, and caches keep the two apart',
    (origin) => {
      expect(headersOf(origin)).toEqual({ vary: 'origin' });
    },
  );

  it('keeps what it varies by already', () => {
    expect(headersOf(shop, settings, { vary: 'accept' })).toMatchObject({ vary: 'accept, origin' });
  });

  it('may be read by every origin where the API is for every one', () => {
    const open = { origins: ['*'], credentials: false, exposeHeaders: [] };
    expect(headersOf(shop, open)).toEqual({ 'access-control-allow-origin': '*' });
    expect(headersOf(undefined, open)).toEqual({ 'access-control-allow-origin': '*' });
  });

  it('stays as it is without CORS', () => {
    expect(withCors({ status: 200, headers: {}, body: '' }, shop).headers).toEqual({});
  });
});
