import type * as z from 'zod';
import { isBinary } from '../body.js';
import type { Operation } from '../operation.js';
import { Problem } from '../problem.js';
import type { OperationResponse, ResponseDeclaration } from '../response-declaration.js';
import { isBody } from '../responses.js';
import { isRefusal, isShared } from '../shared-statuses.js';
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

/** What is wrong with what an operation answers. */
export function validateResponses(operation: Operation): string[] {
  const { responses, errors = [] } = operation;
  const found = Object.entries(responses).flatMap(([status, response]) => [
    ...validateStatuses(operation, Number(status), response),
    ...validateDeclaration(`responses.${status}`, response),
  ]);
  if (!Object.keys(responses).some((status) => Number(status) < 400)) {
    found.push('`responses` has no status below 400: say what success answers');
  }
  for (const [at, { type, status }] of errors.entries()) {
    if (status in responses) {
      found.push(`${status} is in \`responses\` and in \`errors\` (${type}): keep the one in \`errors\``);
    }
    if (errors.findIndex((other) => other.type === type) < at) {
      found.push(`\`errors\` has two problems of the type ${type}: nobody could tell them apart`);
    }
  }
  return found;
}

function validateStatuses(operation: Operation, status: number, response: OperationResponse): string[] {
  if (!/^[2-5]\d\d$/.test(String(status))) return [`\`responses\` has ${status}, which is no status of HTTP`];
  if (status === 304) {
    return ['`responses` has 304, which `route()` answers itself where a 200 has an `etag` header'];
  }
  if (isRefusal(operation, status) && response !== Problem) {
    const who = isShared(status) ? 'the gateway' : 'an operation that is `idempotent`';
    return [
      `\`responses.${status}\` must be Problem, as ${who} answers ${status}, too; or declare a problem in \`errors\``,
    ];
  }
  return [];
}

function validateDeclaration(place: string, response: OperationResponse | undefined): string[] {
  if (!response || typeof response !== 'object') {
    return [`\`${place}\` must be a schema, binary() or { body }, got ${response}; {} has no body`];
  }
  const declaration: ResponseDeclaration = isBody(response) ? { body: response } : response;
  const { body, content = {}, headers, examples } = declaration;
  const found = Object.keys(declaration)
    .filter((key) => !PROPERTIES.includes(key))
    .map((key) => `\`${place}\` has no \`${key}\``);
  if (body && declaration.content) found.push(`\`${place}\` must have \`body\` or \`content\`, not both`);
  const bodies = body ? [['', body] as const] : Object.entries(content);
  if (bodies.length > 0 && /^20[45]$/.test(place.slice(-3)) && !isEmpty(body)) {
    found.push(`\`${place}\` has a body, which HTTP does not send with this status`);
  }
  for (const [type, one] of bodies) {
    if (!isBinary(one)) {
      const where = type ? `${place} (${type})` : place;
      found.push(...validateJson(one, 'response').map((error) => `\`${where}\` ${error}`));
    } else if (type ? !one.contentTypes.includes(type) : one.contentTypes.length !== 1) {
      const types = one.contentTypes.join(', ');
      found.push(
        type
          ? `\`${place}.content\` has ${type} with bytes of ${types}`
          : `\`${place}\` must say by \`content\` which of ${types} it answers`,
      );
    }
  }
  for (const type of Object.keys(content).filter((one) => !/^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/.test(one))) {
    found.push(`\`${place}.content\` must have types like text/csv, got "${type}"`);
  }
  const [, first] = bodies[0] ?? [];
  return [
    ...found,
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
