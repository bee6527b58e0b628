import { type FileKind, headersOf } from '../../../lib/site/content/file-headers.js';

it.each<[string, FileKind, string, string]>([
  ['index.html', 'page', 'text/html; charset=utf-8', 'no-cache'],
  ['config.json', 'other', 'application/json; charset=utf-8', 'no-cache'],
  [
    'assets/index-B7xK9f2a.js',
    'hashed',
    'text/javascript; charset=utf-8',
    'public, max-age=31536000, immutable',
  ],
  ['favicon.svg', 'other', 'image/svg+xml', 'public, max-age=300, s-maxage=86400'],
  [
    'site.webmanifest',
    'other',
    'application/manifest+json; charset=utf-8',
    'public, max-age=300, s-maxage=86400',
  ],
  ['data.unknown', 'other', 'application/octet-stream', 'public, max-age=300, s-maxage=86400'],
  [
    '.well-known/apple-app-site-association',
    'other',
    'application/json',
    'public, max-age=300, s-maxage=86400',
  ],
])('%s (%s) is served as %s, "%s"', (path, kind, contentType, cacheControl) =>
  expect(headersOf(path, kind)).toEqual({ contentType, cacheControl }),
);

it('headers of each matching pattern override the defaults, later ones win', () => {
  const overrides = {
    '*.br': { contentEncoding: 'br', cacheControl: 'no-store' },
    'Build/*.js.br': { contentType: 'text/javascript', cacheControl: 'max-age=60' },
  };
  expect(headersOf('Build/game.js.br', 'other', overrides)).toEqual({
    contentType: 'text/javascript',
    contentEncoding: 'br',
    cacheControl: 'max-age=60',
  });
  expect(headersOf('index.html', 'page', overrides).cacheControl).toBe('no-cache');
});
