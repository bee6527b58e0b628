import { type CorsSettings, withCors } from '../../lib/http/cors.js';

const shop = 'https://shop.example.com';
const settings: CorsSettings = {
  origins: [shop, 'https://admin.example.com'],
  credentials: true,
  exposeHeaders: ['etag'],
};
const headersOf = (origin: string | undefined, cors: CorsSettings | undefined = settings, headers = {}) =>
  withCors({ status: 200, headers, body: '' }, origin, cors).headers;

describe('a response', () => {
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

  it('keeps its `vary` header', () => {
    expect(headersOf(shop, settings, { vary: 'accept' })).toMatchObject({ vary: 'accept, origin' });
  });

  it('may be read by every origin if the API allows all', () => {
    const open = { origins: ['*'], credentials: false, exposeHeaders: [] };
    expect(headersOf(shop, open)).toEqual({ 'access-control-allow-origin': '*' });
    expect(headersOf(undefined, open)).toEqual({ 'access-control-allow-origin': '*' });
  });

  it('is unchanged without CORS', () => {
    expect(withCors({ status: 200, headers: {}, body: '' }, shop).headers).toEqual({});
  });
});
