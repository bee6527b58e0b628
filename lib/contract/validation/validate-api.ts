import type * as z from 'zod';
import { isBinary } from '../body.js';
import type { ApiInfo } from '../contract.js';
import { validateDeprecation } from '../deprecation.js';
import type { Operation, Operations } from '../operation.js';
import { parametersOf, withoutParameters } from '../path.js';
import { validateAuth } from './validate-auth.js';
import { validateExamples } from './validate-examples.js';
import { validateHeaders } from './validate-headers.js';
import { validateIdempotency } from './validate-idempotency.js';
import { validateJson } from './validate-json.js';
import { validateResponses } from './validate-responses.js';
import { validateShape } from './validate-shape.js';
import { validateText } from './validate-text.js';

const PROPERTIES: readonly string[] = [
  'method',
  'path',
  'auth',
  'apiKey',
  'summary',
  'description',
  'deprecated',
  'params',
  'query',
  'headers',
  'body',
  'examples',
  'idempotent',
  'idempotencyKey',
  'responses',
  'errors',
] satisfies (keyof Operation)[];

/** API Gateway: "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable". */
const SEGMENT = /^(?:[A-Za-z0-9._-]+|\{[A-Za-z][A-Za-z0-9_]*\})$/;

/** Why a contract cannot be served: all errors in it, each with the operation that has it. */
export function validateContract(info: ApiInfo, operations: Operations): string[] {
  const found: string[] = [];
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(info.name)) {
    found.push(`\`name\` must be lower-case letters, digits and hyphens, got "${info.name}"`);
  }
  if (Object.keys(operations).length === 0) found.push('it has no operations');
  let areWhole = true;
  for (const [name, operation] of Object.entries(operations)) {
    const misshapen = validateShape(operation);
    if (misshapen.length > 0) areWhole = false;
    // What has not its form cannot be looked at further.
    const errors = misshapen.length > 0 ? misshapen : validateOperation(name, operation);
    found.push(...errors.map((error) => `${name}: ${error}`));
  }
  return areWhole ? [...found, ...clashes(operations)] : found;
}

function validateOperation(name: string, operation: Operation): string[] {
  const { path, auth, params } = operation;
  const found: string[] = [];
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) {
    found.push('an operation must be called like getOrder, in letters and digits');
  }
  for (const property of Object.keys(operation).filter((key) => !PROPERTIES.includes(key))) {
    found.push(`an operation has no \`${property}\``);
  }
  found.push(...validateAuth(auth));
  const segments = path.split('/').slice(1);
  if (!path.startsWith('/') || (path !== '/' && !segments.every((segment) => SEGMENT.test(segment)))) {
    found.push(`\`path\` must be like /orders/{orderId}, got "${path}"`);
  }
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
  if (/^\/s?ping$/.test(path)) {
    found.push(`\`path\` must not be ${path}, which API Gateway answers itself: choose another one`);
  }
  const parameters = parametersOf(path);
  if (new Set(parameters).size < parameters.length) found.push(`a parameter stands twice in "${path}"`);
  for (const parameter of Object.keys(params?.shape ?? {}).filter((key) => !parameters.includes(key))) {
    found.push(`\`params\` has "${parameter}", which is not in the path "${path}"`);
  }
  return [
    ...found,
    ...validateDeprecation(operation.deprecated),
    ...validateRequest(operation),
    ...validateResponses(operation),
  ];
}

/** What is wrong with what the operation takes. */
function validateRequest(operation: Operation): string[] {
  const { method, params, query, headers, body, examples, idempotencyKey } = operation;
  const found: string[] = [];
  if (body && method === 'GET') found.push('a GET has no body; use `query`, or the method POST');
  if (idempotencyKey && method === 'GET') found.push('a GET needs no `idempotencyKey`: it changes nothing');
  for (const [place, schema] of Object.entries({ params, query, headers } as const)) {
    if (schema) found.push(...validateText(place as 'params', schema), ...validateNames(place, schema));
  }
  const json = body && !isBinary(body) ? body : undefined;
  return [
    ...found,
    ...validateIdempotency(operation),
    ...validateHeaders('request', 'headers', headers),
    ...(json ? validateJson(json, 'request').map((error) => `\`body\` ${error}`) : []),
    ...validateExamples('examples', examples, json),
  ];
}

/**
 * API Gateway imports no parameters with other names: "Parameter name should match the following regular expression:
 * ^[a-zA-Z0-9:._$-]+$".
 */
function validateNames(place: string, { shape }: z.ZodObject): string[] {
  return Object.keys(shape)
    .filter((name) => !/^[a-zA-Z0-9:._$-]+$/.test(name))
    .map(
      (name) =>
        `\`${place}\` must have names of letters, digits and :._$- only, which is all that API Gateway takes, got "${name}"`,
    );
}

/** What operations say against one another. */
function clashes(operations: Operations): string[] {
  const found: string[] = [];
  const places = new Map<string, { name: string; path: string }>();
  const variables = new Map<string, { name: string; segment: string }>();
  for (const [name, { method, path }] of Object.entries(operations)) {
    const place = `${method} ${anonymous(path)}`;
    const other = places.get(place);
    if (other) found.push(`${name} and ${other.name} are both ${method} ${other.path}`);
    places.set(place, { name, path });
    const segments = path.split('/');
    for (const [at, segment] of segments.entries()) {
      if (!segment.startsWith('{')) continue;
      const before = anonymous(segments.slice(0, at).join('/'));
      const known = variables.get(before) ?? { name, segment };
      variables.set(before, known);
      // API Gateway: "A sibling of this resource already has a variable path part -- only one is allowed".
      if (known.segment !== segment) {
        found.push(`${name}: ${segment} is called ${known.segment} in the path of ${known.name}`);
      }
    }
  }
  return found;
}

/** The path whatever its parameters are called. */
function anonymous(path: string): string {
  return withoutParameters(path, '{}');
}
