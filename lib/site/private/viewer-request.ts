import type { Routes } from './routes.js';

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions */
const MAX_BYTES = 10 * 1024;

export interface ViewerRequestOptions {
  /** Code of a function that handles each request first: a response is sent, a request is routed. @default - none */
  readonly before?: string | undefined;
  /** Host names that redirect to another one. @default - none */
  readonly domain?: { readonly name: string; readonly aliases?: readonly string[] } | undefined;
}

/** Imports of modules, which must be at the top of a function's code. */
const IMPORTS = /^\s*import\s[^;'"]*['"][^'"]+['"]\s*;?[^\S\n]*$/gm;

/**
 * Returns the code that CloudFront runs for each request of the default behaviour (cloudfront-js-2.0).
 *
 * The APIs have separate behaviours, so that a page never replaces their responses. An unknown path below `/api` gets a
 * 404 problem like theirs.
 */
export function viewerRequestCode(routes: Routes, { before, domain }: ViewerRequestOptions = {}): string {
  const { extensions, others } = routes;
  const lists = (['files', 'pages', 'folders'] as const).map(
    (name) => `const ${name} = ${JSON.stringify(routes[name])};`,
  );
  return [
    ...(before?.match(IMPORTS) ?? []),
    before === undefined ? ROUTE_ONLY : routeAfter(before.replace(IMPORTS, '')),
    `const extensions = /\\.(${extensions.map(escaped).join('|')})$/i;`,
    ...lists,
    `const aliases = ${JSON.stringify(domain?.aliases ?? [])};`,
    `const origin = ${JSON.stringify(domain ? `https://${domain.name}` : '')};`,
    others === 'index'
      ? route(SINGLE_PAGE)
      : route(others === 'page' ? 'isPage = true;' : 'isFolder = true;'),
    HELPERS,
  ].join('\n');
}

/** Returns the errors of code that CloudFront would reject. */
export function validateCode(code: string, routes: Routes): string[] {
  const bytes = Buffer.byteLength(code);
  if (bytes <= MAX_BYTES) return [];
  const counts = (['files', 'pages', 'folders'] as const).map(
    (name) => Object.values(routes[name]).join('').split('/').filter(Boolean).length,
  );
  const remedy =
    routes.others === 'index'
      ? 'Set `singlePage: false`, with which most pages need no list'
      : 'Build all pages in one form, about.html or about/index.html, and give files an extension';
  return [
    `\`source\` must need at most ${MAX_BYTES} bytes of code in the function that finds its pages, got ${bytes} for lists of ${counts[0]} files without extension, ${counts[1]} pages and ${counts[2]} folders. ${remedy}`,
  ];
}

const escaped = (text: string): string => text.replace(/[^a-z0-9]/g, (character) => `\\${character}`);

const ROUTE_ONLY = `function handler(event) {
  return route(event.request);
}`;

function routeAfter(code: string): string {
  return `const before = (() => {
${code}
return handler;
})();

async function handler(event) {
  const result = await before(event);
  return !result || result.statusCode ? result : route(result);
}`;
}

const SINGLE_PAGE = `{
      request.uri = '/index.html';
      return request;
    }`;

const route = (unlisted: string): string => `
function route(request) {
  // S3 takes a plus for a space.
  const uri = request.uri = request.uri.replace(/\\+/g, '%2B');
  if (request.headers.host && aliases.includes(request.headers.host.value)) return redirect(request, uri);
  if (uri === '/api' || uri.startsWith('/api/')) return notFound;
  const path = decoded(uri.replace(/^\\/+|\\/$/g, ''));
  const hasSlash = uri.endsWith('/');
  if (path === '') request.uri = '/index.html';
  if (path === '' || (!hasSlash && has(files, path))) return request;
  let isPage = has(pages, path);
  let isFolder = has(folders, path);
  if (!isPage && !isFolder) {
    if (!hasSlash && extensions.test(path)) return request;
    ${unlisted}
  }
  if (!(hasSlash ? isFolder : isPage)) return redirect(request, hasSlash ? uri.slice(0, -1) : uri + '/');
  request.uri = hasSlash ? uri + 'index.html' : uri + '.html';
  return request;
}`;

const HELPERS = `
function has(list, path) {
  const at = path.lastIndexOf('/') + 1;
  const names = list[path.slice(0, at)];
  return names !== undefined && names.includes('/' + path.slice(at) + '/');
}

function decoded(path) {
  try { return decodeURIComponent(path); } catch (error) { return path; }
}

function redirect(request, uri) {
  const query = [];
  for (const name in request.querystring) {
    const field = request.querystring[name];
    for (const item of field.multiValue || [field]) query.push(item.value === '' ? name : name + '=' + item.value);
  }
  // Two slashes would be another host.
  const path = uri.replace(/^[\\/\\\\]+/, '/');
  const to = origin + path + (query.length > 0 ? '?' + query.join('&') : '');
  const location = encodeURI(to).replace(/%25/g, '%');
  return {
    statusCode: 308,
    statusDescription: 'Permanent Redirect',
    headers: { location: { value: location }, 'cache-control': { value: 'public, max-age=300' } },
  };
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
