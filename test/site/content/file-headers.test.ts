import { headersOf, kindOf } from '../../../lib/site/content/file-headers.js';

const kind = (path: string) => kindOf(path, ['assets/']);

it.each([
  'assets/index-B7xK9f2a.js',
  'assets/index-7M2RQ5AB.css',
  'assets/chunk.4f1c2a9b.js',
  'assets/fonts/inter-CWi3pPVq.woff2',
  'assets/index-B7xK9f2a.js.map',
])('%s has a hash in its name', (path) => expect(kind(path)).toBe('hashed'));

it.each([
  'assets/hero-background.png',
  'assets/logo.svg',
  'index-B7xK9f2a.js',
  'favicon.ico',
  'assets/a-B7x.js',
])('%s has no hash, or is in another folder', (path) => expect(kind(path)).toBe('other'));

it.each(['index.html', 'about/index.html', 'assets/old-B7xK9f2a.html', 'page.htm'])('%s is a page', (path) =>
  expect(kind(path)).toBe('page'),
);

it.each([
  ['index.html', 'text/html; charset=utf-8', 'no-cache'],
  ['config.json', 'application/json; charset=utf-8', 'no-cache'],
  ['assets/index-B7xK9f2a.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
  ['favicon.svg', 'image/svg+xml', 'public, max-age=300, s-maxage=86400'],
  ['site.webmanifest', 'application/manifest+json; charset=utf-8', 'public, max-age=300, s-maxage=86400'],
  ['data.unknown', 'application/octet-stream', 'public, max-age=300, s-maxage=86400'],
])('%s is served as %s, "%s"', (path, contentType, cacheControl) =>
  expect(headersOf(path, kind(path))).toEqual({ contentType, cacheControl }),
);
