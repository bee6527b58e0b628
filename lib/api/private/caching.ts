import { isLambdaAuth } from '../../contract/auth.js';
import { parametersOf } from '../../contract/path.js';
import { responsesOf } from '../../contract/responses.js';
import { LIMITS } from '../../quotas/limits.js';
import type { LambdaAuthorizerProps } from '../authorizer-props.js';
import type { CacheOptions } from '../routes.js';
import type { Cors } from './cors.js';
import type { PlannedRoute } from './planned-route.js';

type Authorizers = Readonly<Record<string, Pick<LambdaAuthorizerProps, 'identitySources'>>>;

/** Returns the errors of the caching of responses. */
export function validateCache(
  routes: readonly PlannedRoute[],
  cacheSize: string | undefined,
  authorizers: Authorizers = {},
): string[] {
  const cached = routes.filter(({ options }) => options.cache);
  const names = cached.map(({ name }) => name).join(', ');
  const errors = cached.flatMap((route) => validateRoute(route, route.options.cache!, authorizers));
  if (cached.length > 0 && !cacheSize) {
    errors.push(`\`cacheSize\` is required, because ${names} have \`cache\``);
  }
  if (cached.length === 0 && cacheSize) {
    errors.push(
      '`cacheSize` requires a route with `cache`, got none: the cache would cost money and stay empty',
    );
  }
  return errors;
}

function validateRoute(
  { name, operation }: PlannedRoute,
  { ttl, keys }: CacheOptions,
  authorizers: Authorizers,
): string[] {
  const property = `\`routes.${name}.cache`;
  const errors: string[] = [];
  if (operation.method !== 'GET') {
    errors.push(`${property}\` requires the method GET, got ${operation.method}`);
  }
  if (!ttl.isUnresolved() && !(ttl.toSeconds() >= 1 && ttl.toSeconds() <= LIMITS.apiGateway.cacheSeconds)) {
    errors.push(`${property}.ttl\` must be from one second to an hour, got ${ttl.toHumanString()}`);
  }
  const parameters = Object.keys(operation.query?.shape ?? {}).map((parameter) => `query.${parameter}`);
  for (const key of keys ?? []) {
    if (parameters.includes(key) || /^headers\.[\w-]+$/.test(key)) continue;
    errors.push(
      `${property}.keys\` must be of ${[...parameters, 'headers.<name>'].join(', ')}, got "${key}"`,
    );
  }
  return [...errors, ...validatePrivacy(property, operation, keys ?? [], authorizers)];
}

/** Rejects caches that would return one caller's response to another. */
function validatePrivacy(
  property: string,
  { auth }: PlannedRoute['operation'],
  keys: readonly string[],
  authorizers: Authorizers,
): string[] {
  if (auth === 'public') return [];
  if (auth === 'iam') {
    return [
      `${property}\` is not possible with \`auth: 'iam'\`: every signature is unique, so no request would hit`,
    ];
  }
  const sources = (isLambdaAuth(auth) && authorizers[auth.authorizer]?.identitySources) || [
    'headers.Authorization',
  ];
  const lower = keys.map((key) => key.toLowerCase());
  const missing = sources.filter((source) => !lower.includes(source.toLowerCase()));
  return missing.length === 0
    ? []
    : [
        `${property}.keys\` must have ${missing.join(' and ')}, so that no caller gets another's response, got ${keys.join(', ') || 'none'}`,
      ];
}

/**
 * Returns the cache key of a route. It always has the path parameters, because API Gateway would use one entry for all
 * paths of a resource, and the headers that change the response. API Gateway caches every status: a 304 must not reach
 * a caller without the representation.
 */
export function cacheKeys(route: PlannedRoute, cors: Cors | undefined): string[] {
  const { operation, options, integration } = route;
  if (!options.cache) return [];
  const { path, query, headers } = operation;
  const { keys = [...named('query', query?.shape), ...named('headers', headers?.shape)] } = options.cache;
  const isNegotiated = [...responsesOf(operation).values()].some(({ content }) => content.size > 1);
  return [
    ...new Set([
      ...parametersOf(path).map((name) => `params.${name}`),
      ...keys,
      ...(integration ? [] : ['headers.If-None-Match']),
      ...(isNegotiated ? ['headers.Accept'] : []),
      ...(cors && !cors.origins.includes('*') ? ['headers.Origin'] : []),
    ]),
  ];
}

function named(place: string, shape: object = {}): string[] {
  return Object.keys(shape).map((name) => `${place}.${name}`);
}

const PLACES: Readonly<Record<string, string>> = { params: 'path', query: 'querystring', headers: 'header' };

/** Returns the key in API Gateway's notation. */
export function parameterOf(key: string): string {
  const [place, ...name] = key.split('.');
  return `method.request.${PLACES[place!]}.${name.join('.')}`;
}

/** Returns the names of the headers among the keys: the operation must declare them as parameters. */
export function headersAmong(keys: readonly string[]): string[] {
  return keys.filter((key) => key.startsWith('headers.')).map((key) => key.slice('headers.'.length));
}
