import type * as z from 'zod';
import { isBinary } from '../body.js';
import type { Operation } from '../operation.js';
import { Problem } from '../problem.js';
import type { OperationResponse, ResponseDeclaration } from '../response-declaration.js';
import { isBody } from '../responses.js';
import { isImplicitError, isShared } from '../shared-statuses.js';
import { validateExamples } from './validate-examples.js';
import { validateHeaders } from './validate-headers.js';
import { validateJson } from './validate-json.js';
import { validateHeaderText } from './validate-text.js';

const PROPERTIES: readonly string[] = [
  'description',
  'body',
  'content',
  'headers',
  'examples',
] satisfies (keyof ResponseDeclaration)[];

/** Returns the errors of an operation's responses. */
export function validateResponses(operation: Operation): string[] {
  const { responses, errors = [] } = operation;
  const messages = Object.entries(responses).flatMap(([status, response]) => [
    ...validateStatuses(operation, Number(status), response),
    ...validateDeclaration(`responses.${status}`, response),
  ]);
  if (!Object.keys(responses).some((status) => Number(status) < 400)) {
    messages.push('`responses` must have a success response (a status below 400)');
  }
  for (const [index, { type, status }] of errors.entries()) {
    if (status in responses) {
      messages.push(
        `${status} must not be in both \`responses\` and \`errors\` (${type}): keep the one in \`errors\``,
      );
    }
    if (errors.findIndex((problem) => problem.type === type) < index) {
      messages.push(`\`errors\` must have unique types, got ${type} twice`);
    }
  }
  return messages;
}

function validateStatuses(operation: Operation, status: number, response: OperationResponse): string[] {
  if (!/^[2-5]\d\d$/.test(String(status)))
    return [`\`responses\` keys must be HTTP status codes (200 to 599), got ${status}`];
  if (status === 304) {
    return ['`responses` must not have 304, which `route()` returns if a 200 has an `etag` header'];
  }
  if (isImplicitError(operation, status) && response !== Problem) {
    const origin = isShared(status) ? 'the gateway' : '`idempotent`';
    return [
      `\`responses.${status}\` must be Problem, because ${origin} also returns ${status}; or declare a problem in \`errors\``,
    ];
  }
  return [];
}

function validateDeclaration(place: string, response: OperationResponse | undefined): string[] {
  if (!response || typeof response !== 'object') {
    return [`\`${place}\` must be a schema, binary() or { body }, or {} for no body, got ${response}`];
  }
  const declaration: ResponseDeclaration = isBody(response) ? { body: response } : response;
  const { body, content = {}, headers, examples } = declaration;
  const messages = Object.keys(declaration)
    .filter((key) => !PROPERTIES.includes(key))
    .map((key) => `unknown property \`${place}.${key}\``);
  if (body && declaration.content) messages.push(`\`${place}\` must not have both \`body\` and \`content\``);
  const bodies = body ? [['', body] as const] : Object.entries(content);
  if (bodies.length > 0 && /^20[45]$/.test(place.slice(-3)) && !isEmpty(body)) {
    messages.push(`\`${place}\` must not have a body, which HTTP does not allow with this status`);
  }
  for (const [type, schema] of bodies) {
    if (!isBinary(schema)) {
      const where = type ? `${place} (${type})` : place;
      messages.push(...validateJson(schema, 'response').map((error) => `\`${where}\` ${error}`));
    } else if (type ? !schema.contentTypes.includes(type) : schema.contentTypes.length !== 1) {
      const types = schema.contentTypes.join(', ');
      messages.push(
        type
          ? `\`${place}.content\` must have ${types} as the key of its bytes, got ${type}`
          : `\`${place}\` must use \`content\` to choose between ${types}`,
      );
    }
  }
  for (const type of Object.keys(content).filter((key) => !/^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/.test(key))) {
    messages.push(`\`${place}.content\` must have types like text/csv, got "${type}"`);
  }
  const [, first] = bodies[0] ?? [];
  return [
    ...messages,
    ...validateHeaders('response', `${place}.headers`, headers),
    ...(isObject(headers) ? validateHeaderText(`${place}.headers`, headers) : []),
    ...validateExamples(`${place}.examples`, examples, first && !isBinary(first) ? first : undefined),
  ];
}

function isObject(headers: ResponseDeclaration['headers']): headers is z.ZodObject {
  return headers?._zod?.def.type === 'object';
}

function isEmpty(body: ResponseDeclaration['body']): boolean {
  return body !== undefined && !isBinary(body) && /^(undefined|void)$/.test(body._zod.def.type);
}
