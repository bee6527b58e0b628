import { Duration, Token } from 'aws-cdk-lib/core';
import { keyOf, REPLAYED_HEADER } from '../../contract/idempotency-key.js';
import type { Operation } from '../../contract/operation.js';
import { responsesOf } from '../../contract/responses.js';
import type { CorsSettings } from '../../http/cors.js';
import type { LambdaAuthorizerProps } from '../authorizer-props.js';
import type { CorsOptions } from '../cors-options.js';

/** Normalized CORS options, for functions, preflights and gateway responses. */
export interface Cors extends CorsSettings {
  readonly headers: readonly string[];
  readonly maxAge: Duration;
}

const EXPOSED = ['etag', 'link', 'location', 'retry-after', 'x-correlation-id', 'x-validation-error'];
const SIGNATURE = ['authorization', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'];

/** Returns the errors of CORS options. */
export function validateCors({ origins, headers = [], exposeHeaders = [], ...rest }: CorsOptions): string[] {
  const { credentials, maxAge } = rest;
  const errors: string[] = [];
  if (origins.length === 0)
    errors.push("`cors.origins` must have at least one origin, or be ['*'], got none");
  for (const origin of origins) {
    if (Token.isUnresolved(origin) || origin === '*') continue;
    if (!/^https?:\/\/[a-z0-9.-]+(:\d+)?$/.test(origin)) {
      errors.push(
        `\`cors.origins\` must be like https://shop.example.com, in lower case and without a path, got "${origin}"`,
      );
    }
  }
  if (origins.includes('*') && origins.length > 1) {
    errors.push("`cors.origins` must have no other origin besides '*', which allows every origin");
  }
  if (origins.includes('*') && credentials) {
    errors.push("`cors.credentials` must be false with the origin '*': browsers reject the combination");
  }
  for (const [property, names] of Object.entries({ headers, exposeHeaders })) {
    for (const name of names.filter((header) => !/^[\w!#$%&'*+.^`|~-]+$/.test(header))) {
      errors.push(`\`cors.${property}\` must be names of headers, got "${name}"`);
    }
  }
  if (maxAge && !maxAge.isUnresolved() && maxAge.toSeconds() > 86_400) {
    errors.push(
      `\`cors.maxAge\` must be at most a day, the maximum of browsers, got ${maxAge.toHumanString()}`,
    );
  }
  return errors;
}

/** Returns the options with defaults from the contract. */
export function corsOf(
  options: CorsOptions,
  operations: readonly Operation[],
  authorizers: Readonly<Record<string, Pick<LambdaAuthorizerProps, 'identitySources'>>> = {},
): Cors {
  const identityHeaders = Object.values(authorizers)
    .flatMap(({ identitySources = [] }) => identitySources)
    .filter((source) => source.startsWith('headers.'))
    .map((source) => source.slice('headers.'.length).toLowerCase());
  const declared = operations.flatMap((operation) =>
    [...responsesOf(operation).values()].flatMap(({ headers }) => Object.keys(headers?.shape ?? {})),
  );
  // Browsers hide cookies from scripts: https://fetch.spec.whatwg.org/#forbidden-response-header-name
  const readable = declared.filter((name) => name !== 'set-cookie');
  const replayed = operations.some(({ idempotent }) => idempotent) ? [REPLAYED_HEADER] : [];
  return {
    origins: options.origins,
    credentials: options.credentials ?? false,
    maxAge: options.maxAge ?? Duration.hours(1),
    headers:
      options.headers ?? [...new Set([...operations.flatMap(requestHeaders), ...identityHeaders])].sort(),
    exposeHeaders: options.exposeHeaders ?? [...new Set([...EXPOSED, ...replayed, ...readable])].sort(),
  };
}

function requestHeaders(operation: Operation): string[] {
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

/** Returns the environment variable with the functions' CORS settings. */
export function corsVariable({ origins, credentials, exposeHeaders }: Cors): string {
  return JSON.stringify({ origins, credentials, exposeHeaders } satisfies CorsSettings);
}

/** Quotes a constant for API Gateway: `'value'`. */
const constant = (value: string) => `'${value}'`;

/**
 * Returns the CORS headers of the gateway's own responses. They contain no data of callers: every origin may read them.
 *
 * With credentials browsers reject `*`, and a gateway response cannot choose among several origins: it repeats the
 * request's origin. https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
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

/** Returns the OPTIONS operation that responds to CORS preflights of a path. */
export function preflight(cors: Cors, methods: readonly string[]): object {
  const { origins, credentials, headers, maxAge } = cors;
  const values = {
    // The default is the first origin; the template overrides it for requests from another one.
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
 * Returns a template that sets the allowed origin to the request's, if it is in the list. HTTP/2 has header names in
 * lower case.
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
