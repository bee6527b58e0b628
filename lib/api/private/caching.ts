import { isLambdaAuth } from '../../contract/auth.js';
import { parametersOf } from '../../contract/path.js';
import { responsesOf } from '../../contract/responses.js';
import type { LambdaAuthorizerProps } from '../authorizer-props.js';
import type { CacheOptions } from '../routes.js';
import type { Cors } from './cors.js';
import type { PlannedRoute } from './planned-route.js';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAX_SECONDS = 3600;

type Authorizers = Readonly<Record<string, Pick<LambdaAuthorizerProps, 'identitySources'>>>;

/** What is wrong with how answers are kept. */
export function validateCache(
  routes: readonly PlannedRoute[],
  cacheSize: string | undefined,
  authorizers: Authorizers = {},
): string[] {
  const cached = routes.filter(({ options }) => options.cache);
  const names = cached.map(({ name }) => name).join(', ');
  const found = cached.flatMap((route) => validateRoute(route, route.options.cache!, authorizers));
  if (cached.length > 0 && !cacheSize) {
    found.push(`\`cacheSize\` must say how large the cache is, for ${names} keep answers, got undefined`);
  }
  if (cached.length === 0 && cacheSize) {
    found.push('`cacheSize` is for routes with `cache`, and there are none: it would cost and hold nothing');
  }
  return found;
}

function validateRoute(
  { name, operation }: PlannedRoute,
  { ttl, keys }: CacheOptions,
  authorizers: Authorizers,
): string[] {
  const at = `\`routes.${name}.cache`;
  const found: string[] = [];
  if (operation.method !== 'GET') {
    found.push(`${at}\` is for GET only, which changes nothing, got ${operation.method}`);
  }
  if (!ttl.isUnresolved() && !(ttl.toSeconds() >= 1 && ttl.toSeconds() <= MAX_SECONDS)) {
    found.push(`${at}.ttl\` must be from one second to an hour, got ${ttl.toHumanString()}`);
  }
  const known = Object.keys(operation.query?.shape ?? {}).map((parameter) => `query.${parameter}`);
  for (const key of (keys ?? []).filter((one) => !known.includes(one) && !/^headers\.[\w-]+$/.test(one))) {
    found.push(`${at}.keys\` must be of ${[...known, 'headers.<name>'].join(', ')}, got "${key}"`);
  }
  return [...found, ...validatePrivacy(at, operation, keys ?? [], authorizers)];
}

/** The answer for one caller must never reach another. */
function validatePrivacy(
  at: string,
  { auth }: PlannedRoute['operation'],
  keys: readonly string[],
  authorizers: Authorizers,
): string[] {
  if (auth === 'public') return [];
  if (auth === 'iam') {
    return [`${at}\` must be off for AWS credentials: each signature is another, and none is ever met again`];
  }
  const sources = (isLambdaAuth(auth) && authorizers[auth.authorizer]?.identitySources) || [
    'headers.Authorization',
  ];
  const lower = keys.map((key) => key.toLowerCase());
  const missing = sources.filter((source) => !lower.includes(source.toLowerCase()));
  return missing.length === 0
    ? []
    : [
        `${at}.keys\` must have ${missing.join(' and ')}, or one caller gets the answer for another, got ${keys.join(', ') || 'none'}`,
      ];
}

/**
 * What tells the requests of a cached route apart: always the path, or all of a resource were one; and headers that
 * change the answer by themselves. API Gateway keeps every answer, whatever its status: a 304 for who has it must not
 * reach who has not.
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

/** A key as API Gateway calls it. */
export function parameterOf(key: string): string {
  const [place, ...name] = key.split('.');
  return `method.request.${PLACES[place!]}.${name.join('.')}`;
}

/** The headers among the keys: the operation must declare them as parameters. */
export function headersAmong(keys: readonly string[]): string[] {
  return keys.filter((key) => key.startsWith('headers.')).map((key) => key.slice('headers.'.length));
}
