import type * as z from 'zod';
import { isBinary } from '../body.js';
import type { ApiInfo } from '../contract.js';
import { validateDeprecation } from '../deprecation.js';
import type { Operation, Operations } from '../operation.js';
import { parametersOf, replaceParameters } from '../path.js';
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

/** Returns all errors of a contract, each with the name of its operation. */
export function validateContract(info: ApiInfo, operations: Operations): string[] {
  const errors: string[] = [];
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(info.name)) {
    errors.push(`\`name\` must be lower-case letters, digits and hyphens, got "${info.name}"`);
  }
  if (Object.keys(operations).length === 0) errors.push('`operations` must have at least one operation');
  let hasValidShapes = true;
  for (const [name, operation] of Object.entries(operations)) {
    const shapeErrors = validateShape(operation);
    if (shapeErrors.length > 0) hasValidShapes = false;
    // The other rules read an operation of the right shape.
    const operationErrors = shapeErrors.length > 0 ? shapeErrors : validateOperation(name, operation);
    errors.push(...operationErrors.map((error) => `${name}: ${error}`));
  }
  return hasValidShapes ? [...errors, ...validateConflicts(operations)] : errors;
}

function validateOperation(name: string, operation: Operation): string[] {
  const { path, auth, params } = operation;
  const errors: string[] = [];
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) {
    errors.push(`the name must be like getOrder, letters and digits, got "${name}"`);
  }
  for (const property of Object.keys(operation).filter((key) => !PROPERTIES.includes(key))) {
    errors.push(`unknown property \`${property}\``);
  }
  errors.push(...validateAuth(auth));
  const segments = path.split('/').slice(1);
  if (!path.startsWith('/') || (path !== '/' && !segments.every((segment) => SEGMENT.test(segment)))) {
    errors.push(`\`path\` must be like /orders/{orderId}, got "${path}"`);
  }
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
  if (/^\/s?ping$/.test(path)) {
    errors.push(`\`path\` must not be ${path}, which API Gateway reserves. Choose another path.`);
  }
  const parameters = parametersOf(path);
  const duplicates = parameters.filter((parameter, index) => parameters.indexOf(parameter) < index);
  for (const parameter of new Set(duplicates)) {
    errors.push(`\`path\` repeats the parameter {${parameter}}`);
  }
  for (const parameter of Object.keys(params?.shape ?? {}).filter((key) => !parameters.includes(key))) {
    errors.push(`\`params\` must only have parameters of the path "${path}", got "${parameter}"`);
  }
  return [
    ...errors,
    ...validateDeprecation(operation.deprecated),
    ...validateRequest(operation),
    ...validateResponses(operation),
  ];
}

/** Returns the errors of an operation's request. */
function validateRequest(operation: Operation): string[] {
  const { method, params, query, headers, body, examples, idempotencyKey } = operation;
  const errors: string[] = [];
  if (body && method === 'GET')
    errors.push('`body` is not possible with GET: use `query`, or the method POST');
  if (idempotencyKey && method === 'GET')
    errors.push('`idempotencyKey` is not possible with GET, which is idempotent already');
  for (const [place, schema] of Object.entries({ params, query, headers } as const)) {
    if (schema) errors.push(...validateText(place as 'params', schema), ...validateNames(place, schema));
  }
  const json = body && !isBinary(body) ? body : undefined;
  return [
    ...errors,
    ...validateIdempotency(operation),
    ...validateHeaders('request', 'headers', headers),
    ...(json ? validateJson(json, 'request').map((error) => `\`body\` ${error}`) : []),
    ...validateExamples('examples', examples, json),
  ];
}

/**
 * Returns the errors of parameter names. API Gateway: "Parameter name should match the following regular expression:
 * ^[a-zA-Z0-9:._$-]+$".
 */
function validateNames(place: string, { shape }: z.ZodObject): string[] {
  return Object.keys(shape)
    .filter((name) => !/^[a-zA-Z0-9:._$-]+$/.test(name))
    .map(
      (name) =>
        `\`${place}\` must have names of letters, digits and :._$-, the only characters that API Gateway supports, got "${name}"`,
    );
}

/** Returns the conflicts between operations. */
function validateConflicts(operations: Operations): string[] {
  const errors: string[] = [];
  const routes = new Map<string, { name: string; path: string }>();
  const variables = new Map<string, { name: string; segment: string }>();
  for (const [name, { method, path }] of Object.entries(operations)) {
    const route = `${method} ${withoutNames(path)}`;
    const duplicate = routes.get(route);
    if (duplicate) errors.push(`${name} and ${duplicate.name} are both ${method} ${duplicate.path}`);
    routes.set(route, { name, path });
    const segments = path.split('/');
    for (const [index, segment] of segments.entries()) {
      if (!segment.startsWith('{')) continue;
      const parent = withoutNames(segments.slice(0, index).join('/'));
      const first = variables.get(parent) ?? { name, segment };
      variables.set(parent, first);
      // API Gateway: "A sibling of this resource already has a variable path part -- only one is allowed".
      if (first.segment !== segment) {
        errors.push(
          `${name}: ${segment} must be ${first.segment}, as in the path of ${first.name}: API Gateway allows one name per segment`,
        );
      }
    }
  }
  return errors;
}

/** Returns the path without the names of its parameters. */
function withoutNames(path: string): string {
  return replaceParameters(path, '{}');
}
