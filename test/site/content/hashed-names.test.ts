import { hashedFiles, mayBeHashed } from '../../../lib/site/content/hashed-names.js';

const isHashed = (path: string, ...others: string[]) => hashedFiles([path, ...others]).has(path);

it.each([
  'assets/index-B7xK9f2a.js',
  'assets/index-7M2RQ5AB.css',
  'assets/chunk.4f1c2a9b.js',
  'assets/fonts/inter-CWi3pPVq.woff2',
  'assets/index-B7xK9f2a.js.map',
  'static/js/2.4f1c2a9b.chunk.js',
  'main-7M2RQ5AB.js',
  '_nuxt/DsnmJJEf.js',
  '_nuxt/builds/meta/0b2f3a3e-6c5e-4d27-9c07-1c2f5c1e7c55.json',
  '_app/immutable/chunks/BZQ2kXw9.js',
  '_app/immutable/nodes/0.CmQjYp1x.js',
  '_next/static/chunks/framework.js',
  'docs/_next/static/media/logo.svg',
  '_astro/hero.png',
])('%s changes its name with its content', (path) => expect(isHashed(path)).toBe(true));

it.each([
  'assets/hero-banner-2.jpg',
  'assets/hero-1920x1080.jpg',
  'assets/report-20240115.pdf',
  'assets/report-1feb2024.pdf',
  'assets/Price-List-2024.pdf',
  'assets/x-Prices2024.pdf',
  'assets/logo-light-v2.svg',
  'assets/user-manual-v2.pdf',
  'assets/service-worker-v1.js',
  'assets/data.v1-schema.json',
  'assets/fonts/Inter-SemiBold.woff2',
  'assets/apple-touch-icon-180x180.png',
  'assets/hero-background.png',
  'assets/hero-iPhone15.jpg',
  'assets/DSC01234.JPG',
  'assets/map-polyfill.js',
  'assets/a-B7x.js',
  '_nuxt/builds/latest.json',
])('%s may change under the same name', (path) => expect(isHashed(path)).toBe(false));

it('a doubtful name of a script is a hash where all scripts and styles have such names', () => {
  const others = ['assets/index-B7xK9f2a.js', 'assets/index-D4sd_eFr.css'];
  expect(isHashed('assets/cart-DxKqWvLp.js', ...others)).toBe(true);
  expect(isHashed('assets/cart-DxKqWvLp.js', ...others, 'assets/legacy.js')).toBe(false);
  expect(isHashed('assets/main-GQXWMABC.js', 'assets/main-ZKQPWABC.css')).toBe(true);
  expect(isHashed('assets/map-PolyFill.js', 'assets/map-Renderer.js')).toBe(false);
  expect(isHashed('assets/team-SemiBold.woff2', ...others)).toBe(false);
});

it('what the user states holds: every file in the folders, and no other', () => {
  const paths = ['_nuxt/DsnmJJEf.js', 'assets/logo.svg', 'assets-old/index-B7xK9f2a.js'];
  expect([...hashedFiles(paths, ['assets/'])]).toEqual(['assets/logo.svg']);
  expect([...hashedFiles(paths, [])]).toEqual([]);
});

it.each(['assets/hero-banner-2.jpg', '_nuxt/entry.js', '0.CmQjYpix.js', 'static/js/main-DxKqWvLp.js'])(
  '%s is kept for open pages',
  (path) => expect(mayBeHashed(path)).toBe(true),
);

it.each(['downloads/report-20240115.pdf', 'assets/logo.svg', 'secret-B7xK9f2a.pdf', 'main.js'])(
  '%s is deleted at once',
  (path) => expect(mayBeHashed(path)).toBe(false),
);
