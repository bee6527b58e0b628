/**
 * Returns the code that CloudFront runs for each request of the default behaviour (cloudfront-js-2.0).
 *
 * The APIs have separate behaviours, so that a page never replaces their responses. An unknown path below `/api` gets a
 * 404 problem like theirs.
 */
export function viewerRequestCode({ singlePage }: { readonly singlePage: boolean }): string {
  return `function handler(event) {
  const request = event.request;
  const uri = request.uri;
  if (uri === '/api' || uri.startsWith('/api/')) return notFound;
${singlePage ? ONE_PAGE : MANY_PAGES}
  return request;
}

const notFound = {
  statusCode: 404,
  statusDescription: 'Not Found',
  headers: {
    'cache-control': { value: 'no-store' },
    'content-type': { value: 'application/problem+json' },
    'x-content-type-options': { value: 'nosniff' },
  },
  body: '{"type":"about:blank","title":"Not found","status":404}',
};
`;
}

const ONE_PAGE = `  if (!/\\.[^/]*$/.test(uri)) request.uri = '/index.html';`;

const MANY_PAGES = `  if (uri.endsWith('/')) request.uri = uri + 'index.html';
  else if (!/\\.[^/]*$/.test(uri)) request.uri = uri + '/index.html';`;
