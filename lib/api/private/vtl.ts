import type * as z from 'zod';
import { isLambdaAuth, isUserAuth } from '../../contract/auth.js';
import type { Operation } from '../../contract/operation.js';
import { parametersOf } from '../../contract/path.js';
import type { RequestValue } from '../integrations/integration.js';

/**
 * An expression as a text of JSON. `escapeJavaScript` escapes apostrophes, too, which JSON does not know.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
export function jsonText(expression: string): string {
  return `"${escaped(expression)}"`;
}

function escaped(expression: string): string {
  return `$util.escapeJavaScript(${expression}).replaceAll("\\\\'", "'")`;
}

const CLAIMS: Readonly<Record<string, string>> = { sub: 'sub', username: 'username', clientId: 'client_id' };

/** The expression of a value of the request. */
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

/** Why an operation has no such value: API Gateway would put nothing in its place. */
export function validateValue(at: string, value: string, operation: Operation): string[] {
  const known = valuesOf(operation);
  return known.includes(value)
    ? []
    : [
        `${at}\` must be of ${known.join(', ') || 'nothing, for the request has no such values'}, got "${value}"`,
      ];
}

/** What an operation's requests surely have: optional parameters of the query may lack. */
function valuesOf({ path, query, auth }: Operation): string[] {
  // A program's token has no name of a user.
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

/** The body of the request as JSON, in an object with values of the request if there are some. */
export interface Payload {
  /** What must stand before the expression is used. */
  readonly before: string;
  readonly expression: string;
}

/**
 * The body alone, or `{ body, customerId }`. Quotation marks come out of a variable, as there is no way to write them
 * into a text of Velocity that all of its versions understand.
 */
export function payloadOf(values: Readonly<Record<string, RequestValue>>): Payload {
  const entries = Object.entries(values);
  if (entries.length === 0) return { before: '', expression: "$input.json('$')" };
  const texts = entries.map(([, value], at) => `#set($v${at} = ${escaped(expressionOf(value))})`);
  const members = entries.map(([name], at) => `,\${q}${name}\${q}:\${q}$v${at}\${q}`);
  return {
    before: [
      `#set($q = '"')#set($body = $input.json('$'))`,
      ...texts,
      `#set($payload = "{\${q}body\${q}:$body${members.join('')}}")`,
    ].join(''),
    expression: '$payload',
  };
}

/** The names of values in a payload: none may take the place of the body. */
export function validatePayload(
  values: Readonly<Record<string, RequestValue>>,
  operation: Operation,
): string[] {
  return [
    ...Object.keys(values)
      .filter((name) => !/^[A-Za-z]\w*$/.test(name) || name === 'body')
      .map((name) => `\`values\` must have names like customerId, and none is called body, got "${name}"`),
    ...Object.entries(values).flatMap(([name, value]) => validateValue(`\`${name}`, value, operation)),
  ];
}

/** The body of a problem; the texts are the library's own. */
export function problemTemplate(status: number, title: string, detail: string): string {
  const members = { type: 'about:blank', title, status, detail };
  return `${JSON.stringify(members).slice(0, -1)},"instance":"urn:request:$context.requestId"}`;
}

/** Answers with a problem in place of what the integration response says. */
export function refuseTemplate(status: number, title: string, detail: string): string {
  return [
    `#set($context.responseOverride.status = ${status})`,
    '#set($context.responseOverride.header.Content-Type = "application/problem+json")',
    problemTemplate(status, title, detail),
  ].join('');
}
