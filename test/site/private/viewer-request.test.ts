import { runInNewContext } from 'node:vm';
import { viewerRequestCode } from '../../../lib/site/private/viewer-request.js';

/** Returns the request that CloudFront continues with, or the response. */
function run(uri: string, singlePage: boolean): any {
  const event = { request: { method: 'GET', uri, headers: {}, querystring: {} } };
  return runInNewContext(`${viewerRequestCode({ singlePage })}; handler(event)`, { event });
}

it.each([
  ['/', '/index.html'],
  ['/products/prd_1', '/index.html'],
  ['/v1.2/notes', '/index.html'],
  ['/apiary', '/index.html'],
  ['/assets/index-B7xK9f2a.js', '/assets/index-B7xK9f2a.js'],
  ['/favicon.ico', '/favicon.ico'],
  ['/.well-known/security.txt', '/.well-known/security.txt'],
])('with a single page %s gets %s', (uri, file) => expect(run(uri, true).uri).toBe(file));

it.each([
  ['/', '/index.html'],
  ['/about', '/about/index.html'],
  ['/about/', '/about/index.html'],
  ['/main.css', '/main.css'],
])('with several pages %s gets %s', (uri, file) => expect(run(uri, false).uri).toBe(file));

it.each(['/api', '/api/', '/api/unknown', '/api/unknown.json'])(
  '%s, which belongs to no API, is a problem',
  (uri) => {
    const { statusCode, headers, body } = run(uri, true);
    expect([statusCode, headers['content-type'].value, JSON.parse(body).status]).toEqual([
      404,
      'application/problem+json',
      404,
    ]);
  },
);
