import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { hashedFiles } from '../../../lib/site/content/hashed-names.js';
import { routesOf } from '../../../lib/site/private/routes.js';
import { validateCode, viewerRequestCode } from '../../../lib/site/private/viewer-request.js';

interface Options {
  readonly singlePage?: boolean;
  readonly before?: string;
  readonly domain?: { readonly name: string; readonly aliases?: readonly string[] };
  readonly host?: string;
  readonly querystring?: object;
}

/** Returns the request that CloudFront continues with, or the response. */
async function run(uri: string, files: readonly string[], options: Options = {}): Promise<any> {
  const { singlePage = true, before, domain, host = 'd1.cloudfront.net', querystring = {} } = options;
  const event = { request: { method: 'GET', uri, headers: { host: { value: host } }, querystring } };
  const code = viewerRequestCode(routesOf(filesOf(files), singlePage), { before, domain });
  return runInNewContext(`${code}; handler(event)`, { event });
}

const filesOf = (paths: readonly string[]) => paths.map((path) => ({ path, size: 1 }));

/** Returns the path of the file, or the redirect. */
async function routed(uri: string, files: readonly string[], options: Options = {}): Promise<string> {
  const { uri: file, headers } = await run(uri, files, options);
  return file ?? `to ${headers.location.value}`;
}

/** The files of a site that a framework's own tool has exported. */
const exported = (name: string): string[] =>
  readFileSync(join(__dirname, `../exports/${name}.txt`), 'utf8')
    .trim()
    .split('\n');

const SPA = ['index.html', 'favicon.ico', 'assets/index-B7xK9f2a.js', 'LICENSE', 'a+b.txt'];

it.each([
  ['/', '/index.html'],
  ['/products/prd_1', '/index.html'],
  ['/products/', '/index.html'],
  ['/v1.2/notes', '/index.html'],
  ['/users/john.doe', '/index.html'],
  ['/users/jane@example.com', '/index.html'],
  ['/apiary', '/index.html'],
  ['/constructor/', '/index.html'],
  ['/%E0%A4%A', '/index.html'],
  ['/assets/index-B7xK9f2a.js', '/assets/index-B7xK9f2a.js'],
  ['/assets/index-D4sd9eFr.js', '/assets/index-D4sd9eFr.js'],
  ['/favicon.ico', '/favicon.ico'],
  ['/.well-known/security.txt', '/.well-known/security.txt'],
  ['/LICENSE', '/LICENSE'],
  ['/LICENSE/', '/index.html'],
  ['/a+b.txt', '/a%2Bb.txt'],
])('with a single page %s gets %s', async (uri, file) => expect(await routed(uri, SPA)).toBe(file));

const MIXED = ['index.html', 'about/index.html', 'contact.html', 'main.css', 'tea time.html', 'node.js.html'];

it.each([
  ['/', '/index.html'],
  ['/about/', '/about/index.html'],
  ['/about', 'to /about/'],
  ['/contact', '/contact.html'],
  ['/contact/', 'to /contact'],
  ['/contact.html', '/contact.html'],
  ['/about/index.html', '/about/index.html'],
  ['/tea%20time', '/tea%20time.html'],
  ['/node.js', '/node.js.html'],
  ['/main.css', '/main.css'],
])('with pages in both forms %s gets %s, with and without a single page', async (uri, file) => {
  expect(await routed(uri, MIXED, { singlePage: false })).toBe(file);
  expect(await routed(uri, MIXED)).toBe(file);
});

it.each([
  ['next', '/about', '/about.html'],
  ['next', '/about/', 'to /about'],
  ['next', '/blog', '/blog.html'],
  ['next', '/blog/v1.2', '/blog/v1.2.html'],
  ['next', '/blog/none', '/blog/none.html'],
  ['next', '/blog/first-post.txt', '/blog/first-post.txt'],
  ['next', '/.well-known/apple-app-site-association', '/.well-known/apple-app-site-association'],
  ['sveltekit', '/blog/first', '/blog/first.html'],
  ['sveltekit', '/blog/first/', 'to /blog/first'],
  ['docusaurus', '/docs/intro/', '/docs/intro/index.html'],
  ['docusaurus', '/docs/intro', 'to /docs/intro/'],
  ['docusaurus', '/docs/none/', '/docs/none/index.html'],
])('in an export of %s %s gets %s', async (name, uri, file) =>
  expect(await routed(uri, exported(name), { singlePage: false })).toBe(file),
);

it.each([
  ['next', /^_next\/static\//],
  ['sveltekit', /^_app\/immutable\//],
  ['docusaurus', /^assets\/(css|js)\/.*(css|js)$/],
])('in an export of %s exactly the files with hashed names are immutable', (name, hashed) => {
  const paths = exported(name).filter((path) => !path.endsWith('LICENSE.txt'));
  expect([...hashedFiles(paths)].sort()).toEqual(paths.filter((path) => hashed.test(path)).sort());
  expect(hashedFiles(paths).size).toBeGreaterThan(9);
});

it('a redirect keeps the query and stays on the site', async () => {
  const querystring = { a: { value: '1', multiValue: [{ value: '1' }, { value: '%2F' }] }, b: { value: '' } };
  const response = await run('/about', MIXED, { querystring });
  expect(response).toMatchObject({
    statusCode: 308,
    headers: { location: { value: '/about/?a=1&a=%2F&b' } },
  });
  expect(await routed('//evil.example/', MIXED, { singlePage: false })).toBe('to /evil.example');
  expect(await routed('/\\evil.example', ['index.html', 'a/index.html'], { singlePage: false })).toMatch(
    /^to \/[^/\\]/,
  );
});

it('aliases redirect to the name of the site, with path and query', async () => {
  const domain = { name: 'example.com', aliases: ['www.example.com'] };
  const querystring = { q: { value: 'a%20b' } };
  const onHost = (host: string) => run('/contact', MIXED, { domain, host, querystring });
  expect((await onHost('www.example.com')).headers.location.value).toBe(
    'https://example.com/contact?q=a%20b',
  );
  expect((await onHost('example.com')).uri).toBe('/contact.html');
});

it.each(['/api', '/api/', '/api/unknown', '/api/unknown.json'])(
  '%s, which belongs to no API, is a problem',
  async (uri) => {
    const { statusCode, headers, body } = await run(uri, SPA);
    expect([statusCode, headers['content-type'].value, JSON.parse(body).status]).toEqual([
      404,
      'application/problem+json',
      404,
    ]);
  },
);

it('code of a viewer function runs first: a response is sent, a request is routed', async () => {
  const before = `import crypto from 'crypto';
const password = 'secret';
async function handler(event) {
  const { request } = event;
  if (!request.headers.authorization) return { statusCode: 401 };
  request.uri = request.uri.replace('/old/', '/');
  return request;
}`;
  const event = (headers: object) => ({
    request: { uri: '/old/about/', headers: { host: { value: 'a' }, ...headers }, querystring: {} },
  });
  const code = viewerRequestCode(routesOf(filesOf(MIXED), false), { before });
  expect(code.startsWith("import crypto from 'crypto';\n")).toBe(true);
  const script = `${code.replace(/^import.*$/m, '')}; handler(event)`;
  expect(await runInNewContext(script, { event: event({}) })).toEqual({ statusCode: 401 });
  const authorized = await runInNewContext(script, { event: event({ authorization: { value: 'x' } }) });
  expect(authorized.uri).toBe('/about/index.html');
});

it('the code fits for thousands of pages in one form', () => {
  const pages = Array.from({ length: 10_000 }, (_, index) => `docs/page-${index}/index.html`);
  const routes = routesOf(filesOf(['index.html', '404.html', ...pages]), false);
  const code = viewerRequestCode(routes);
  expect([validateCode(code, routes), code.length < 3500]).toEqual([[], true]);
  const single = routesOf(filesOf(['index.html', ...pages]), true);
  expect(validateCode(viewerRequestCode(single), single)).toEqual([
    expect.stringMatching(
      /^`source` must need at most 10240 bytes .* got \d+ .* 0 files without extension, 0 pages and 10000 folders. Set `singlePage: false`/,
    ),
  ]);
});
