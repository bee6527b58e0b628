import { Duration, Token } from 'aws-cdk-lib/core';
import { keyOf, REPLAYED_HEADER } from '../../contract/idempotency.js';
import type { Operation } from '../../contract/operation.js';
import { responsesOf } from '../../contract/responses.js';
import type { CorsSettings } from '../../http/cors.js';
import type { LambdaAuthorizerProps } from '../authorizer-props.js';
import type { CorsOptions } from '../cors-options.js';

/** CORS in one form: what functions, preflights and gateway responses say. */
export interface Cors extends CorsSettings {
  readonly headers: readonly string[];
  readonly maxAge: Duration;
}

const EXPOSED = ['etag', 'link', 'location', 'retry-after', 'x-correlation-id', 'x-validation-error'];
const SIGNATURE = ['authorization', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'];

/** What is wrong with CORS options. */
export function validateCors({ origins, headers = [], exposeHeaders = [], ...rest }: CorsOptions): string[] {
  const { credentials, maxAge } = rest;
  const found: string[] = [];
  if (origins.length === 0) found.push("`cors.origins` must have an origin, or be ['*'], got none");
  for (const origin of origins) {
    if (Token.isUnresolved(origin) || origin === '*') continue;
    if (!/^https?:\/\/[a-z0-9.-]+(:\d+)?$/.test(origin)) {
      found.push(
        `\`cors.origins\` must be like https://shop.example.com, in lower case and without a path, got "${origin}"`,
      );
    }
  }
  if (origins.includes('*') && origins.length > 1) {
    found.push("`cors.origins` must be ['*'] alone or have no *: it is every origin");
  }
  if (origins.includes('*') && credentials) {
    found.push('`cors.credentials` must be off with the origin *: browsers refuse the two together');
  }
  for (const header of [...headers, ...exposeHeaders].filter((one) => !/^[\w!#$%&'*+.^`|~-]+$/.test(one))) {
    found.push(`\`cors\` must have names of headers, got "${header}"`);
  }
  if (maxAge && !maxAge.isUnresolved() && maxAge.toSeconds() > 86_400) {
    found.push(
      `\`cors.maxAge\` must be at most a day, which no browser exceeds, got ${maxAge.toHumanString()}`,
    );
  }
  return found;
}

/** The options with their defaults, which the contract knows. */
export function corsOf(
  options: CorsOptions,
  operations: readonly Operation[],
  authorizers: Readonly<Record<string, Pick<LambdaAuthorizerProps, 'identitySources'>>> = {},
): Cors {
  const asked = Object.values(authorizers)
    .flatMap(({ identitySources = [] }) => identitySources)
    .filter((source) => source.startsWith('headers.'))
    .map((source) => source.slice('headers.'.length).toLowerCase());
  const declared = operations.flatMap((operation) =>
    [...responsesOf(operation).values()].flatMap(({ headers }) => Object.keys(headers?.shape ?? {})),
  );
  // No script may read cookies: https://fetch.spec.whatwg.org/#forbidden-response-header-name
  const readable = declared.filter((name) => name !== 'set-cookie');
  const replayed = operations.some(({ idempotent }) => idempotent) ? [REPLAYED_HEADER] : [];
  return {
    origins: options.origins,
    credentials: options.credentials ?? false,
    maxAge: options.maxAge ?? Duration.hours(1),
    headers: options.headers ?? [...new Set([...operations.flatMap(sentHeaders), ...asked])].sort(),
    exposeHeaders: options.exposeHeaders ?? [...new Set([...EXPOSED, ...replayed, ...readable])].sort(),
  };
}

function sentHeaders(operation: Operation): string[] {
  const { auth, apiKey, headers, body, method } = operation;
  return [
    'x-correlation-id',
    method === 'GET' ? 'if-none-match' : 'if-match',
    ...(body ? ['content-type'] : []),
    ...(auth === 'iam' ? SIGNATURE : auth === 'public' ? [] : ['authorization']),
    ...(apiKey ? ['x-api-key'] : []),
    ...(keyOf(operation) ? ['idempotency-key'] : []),
    ...Object.keys(headers?.shape ?? {}),
  ];
}

/** What functions are told. */
export function corsVariable({ origins, credentials, exposeHeaders }: Cors): string {
  return JSON.stringify({ origins, credentials, exposeHeaders } satisfies CorsSettings);
}

/** `'value'`, as API Gateway writes a constant. */
const constant = (value: string) => `'${value}'`;

/**
 * Returns the headers of the gateway's own answers. They say nothing of anybody, so that every origin may read them.
 *
 * With credentials browsers refuse `*`, and a gateway response cannot choose among several origins: it repeats the one
 * that asks. https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
 */
export function gatewayHeaders(cors: Cors): Record<string, string> {
  const { origins, credentials, exposeHeaders } = cors;
  const [only] = origins;
  const repeatsOrigin = origins.length > 1 && credentials;
  return {
    'Access-Control-Allow-Origin': repeatsOrigin
      ? 'method.request.header.Origin'
      : constant(origins.length === 1 ? only! : '*'),
    ...(repeatsOrigin && { Vary: constant('Origin') }),
    ...(credentials && { 'Access-Control-Allow-Credentials': constant('true') }),
    ...(exposeHeaders.length > 0 && { 'Access-Control-Expose-Headers': constant(exposeHeaders.join(', ')) }),
  };
}

/** The operation that answers a browser's question before it sends a request to a path. */
export function preflight(cors: Cors, methods: readonly string[]): object {
  const { origins, credentials, headers, maxAge } = cors;
  const values = {
    // The first one is for nobody else, and the template says another where it is that one which asks.
    'Access-Control-Allow-Origin': origins[0]!,
    'Access-Control-Allow-Methods': methods.join(', '),
    ...(headers.length > 0 && { 'Access-Control-Allow-Headers': headers.join(', ') }),
    'Access-Control-Max-Age': maxAge.toSeconds().toString(),
    ...(credentials && { 'Access-Control-Allow-Credentials': 'true' }),
    ...(!origins.includes('*') && { Vary: 'Origin' }),
  };
  const responseParameters = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`method.response.header.${name}`, constant(value)]),
  );
  const declared = Object.keys(values).map((name) => [name, { schema: { type: 'string' } }]);
  return {
    security: [],
    responses: { 204: { description: 'Status 204', headers: Object.fromEntries(declared) } },
    'x-amazon-apigateway-request-validator': 'parameters',
    'x-amazon-apigateway-integration': {
      type: 'mock',
      contentHandling: 'CONVERT_TO_TEXT',
      passthroughBehavior: 'when_no_match',
      requestTemplates: { 'application/json': '{"statusCode":204}' },
      responses: {
        default: {
          statusCode: '204',
          responseParameters,
          ...(origins.length > 1 && { responseTemplates: { 'application/json': originTemplate(origins) } }),
        },
      },
    },
  };
}

/**
 * Answers each of several origins with itself, and leaves the body empty. HTTP/2 has header names in lower case.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
 */
export function originTemplate(origins: readonly string[]): string {
  const condition = origins
    .slice(1)
    .map((origin) => `$origin == "${origin}"`)
    .join(' || ');
  return [
    '#set($origin = $input.params().header.get("origin"))',
    '#if(!$origin)#set($origin = $input.params().header.get("Origin"))#end',
    `#if(${condition})#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)#end`,
  ].join('');
}
