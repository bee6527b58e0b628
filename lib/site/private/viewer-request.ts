/**
 * What CloudFront runs for each request of the default behaviour, in its own JavaScript (cloudfront-js-2.0).
 *
 * The APIs have behaviours of their own, so that what they answer is never replaced by a page; what is below `/api` and
 * no API's is refused as they do it.
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
  body: '{"type":"about:blank","title":"There is nothing at this address","status":404}',
};
`;
}

const ONE_PAGE = `  if (!/\\.[^/]*$/.test(uri)) request.uri = '/index.html';`;

const MANY_PAGES = `  if (uri.endsWith('/')) request.uri = uri + 'index.html';
  else if (!/\\.[^/]*$/.test(uri)) request.uri = uri + '/index.html';`;
