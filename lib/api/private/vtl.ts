import type * as z from 'zod';
import { isLambdaAuth, isUserAuth } from '../../contract/auth.js';
import { field } from '../../contract/field-path.js';
import type { Operation } from '../../contract/operation.js';
import { parametersOf } from '../../contract/path.js';
import type { RequestValue } from '../integrations/integration.js';

/**
 * Returns an expression as a JSON string. `escapeJavaScript` also escapes apostrophes, which is invalid in JSON.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
export function jsonText(expression: string): string {
  return `"${escaped(expression)}"`;
}

function escaped(expression: string): string {
  return `$util.escapeJavaScript(${expression}).replaceAll("\\\\'", "'")`;
}

const CLAIMS: Readonly<Record<string, string>> = { sub: 'sub', username: 'username', clientId: 'client_id' };

/** Returns the VTL expression of a value of the request. */
export function expressionOf(value: RequestValue): string {
  const [place, ...rest] = value.split('.');
  const name = rest.join('.');
  switch (place) {
    case 'params':
      return `$input.params().path.get("${name}")`;
    case 'query':
      return `$input.params().querystring.get("${name}")`;
    case 'user':
      return `$context.authorizer.claims.${CLAIMS[name]}`;
    default:
      return `$context.authorizer.${name}`;
  }
}

/**
 * Rejects a value that the operation's requests do not have: API Gateway would render an empty string.
 *
 * @param property as in messages: the result of `field`
 */
export function validateValue(property: string, value: string, operation: Operation): string[] {
  const values = valuesOf(operation);
  if (values.includes(value)) return [];
  return [
    values.length > 0
      ? `${property} must be one of ${values.join(', ')}, got "${value}"`
      : `${property} is not possible, because requests of this operation have no values, got "${value}"`,
  ];
}

/** Returns the values that every request of an operation has; optional query parameters may be absent. */
function valuesOf({ path, query, auth }: Operation): string[] {
  // The token of a machine client has no username.
  const claims = Object.keys(CLAIMS).filter((name) => auth === 'user' || name !== 'username');
  return [
    ...parametersOf(path).map((name) => `params.${name}`),
    ...required(query).map((name) => `query.${name}`),
    ...(isUserAuth(auth) ? claims.map((name) => `user.${name}`) : []),
    ...(isLambdaAuth(auth) ? required(auth.context).map((name) => `context.${name}`) : []),
  ];
}

function required(schema: z.ZodObject | undefined): string[] {
  return Object.entries(schema?.shape ?? {})
    .filter(([, property]) => property._zod.optin !== 'optional')
    .map(([name]) => name);
}

/** The body of the request as JSON, alone or in an object with values of the request. */
export interface Payload {
  /** Statements that must precede the expression. */
  readonly before: string;
  readonly expression: string;
}

/**
 * Returns the body alone, or `{ body, customerId }`. Quotation marks come from a variable, because versions of Velocity
 * differ in how a string literal escapes them.
 */
export function payloadOf(values: Readonly<Record<string, RequestValue>>): Payload {
  const entries = Object.entries(values);
  if (entries.length === 0) return { before: '', expression: "$input.json('$')" };
  const assignments = entries.map(([, value], index) => `#set($v${index} = ${escaped(expressionOf(value))})`);
  const members = entries.map(([name], index) => `,\${q}${name}\${q}:\${q}$v${index}\${q}`);
  return {
    before: [
      `#set($q = '"')#set($body = $input.json('$'))`,
      ...assignments,
      `#set($payload = "{\${q}body\${q}:$body${members.join('')}}")`,
    ].join(''),
    expression: '$payload',
  };
}

/** Rejects invalid names and values of a payload; the name `body` is reserved. */
export function validatePayload(
  values: Readonly<Record<string, RequestValue>>,
  operation: Operation,
): string[] {
  return [
    ...Object.keys(values)
      .filter((name) => !/^[A-Za-z]\w*$/.test(name) || name === 'body')
      .map((name) => `\`values\` must have names like customerId other than body, got "${name}"`),
    ...Object.entries(values).flatMap(([name, value]) =>
      validateValue(field('values', name), value, operation),
    ),
  ];
}

interface Problem {
  readonly status: number;
  readonly title: string;
}

/** Returns the template of a problem. The arguments are not escaped: they must be constants of the library. */
export function problemTemplate({ status, title }: Problem, detail: string): string {
  const members = { type: 'about:blank', title, status, detail };
  return `${JSON.stringify(members).slice(0, -1)},"instance":"urn:request:$context.requestId"}`;
}

/** Returns a template that responds with a problem instead of the integration response. */
export function overrideTemplate(problem: Problem, detail: string): string {
  return [
    `#set($context.responseOverride.status = ${problem.status})`,
    '#set($context.responseOverride.header.Content-Type = "application/problem+json")',
    problemTemplate(problem, detail),
  ].join('');
}
