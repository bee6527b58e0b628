import type { Operation } from '../contract/operation.js';
import { type ProblemDetails, problemBody } from '../contract/problem.js';
import { PROBLEM_TYPE } from '../contract/responses.js';
import type { HttpResponse } from './message.js';

/** What stands at a path: an operation, or why there is none. */
export type Routed<Name extends string> =
  | { readonly operation: Name; readonly params: Readonly<Record<string, string>> }
  /** No operation has the path; or some do, with these methods only. */
  | { readonly operation?: undefined; readonly allow: readonly string[] };

/**
 * The operation of a method and a path. A segment that is written out wins over a parameter, as in API Gateway, and a
 * HEAD is for the operation that GET is for.
 *
 * @param path percent-encoded, without query
 */
export function routed<Name extends string>(
  operations: Readonly<Record<Name, Operation>>,
  method: string,
  path: string,
): Routed<Name> {
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = (Object.entries(operations) as [Name, Operation][])
    .map(([name, operation]) => ({ name, operation, params: pathParameters(operation.path, path) }))
    .filter(({ params }) => params !== undefined)
    // API Gateway looks from left to right: `/a/{b}` comes after `/a/b`, whatever methods they have.
    .sort((a, b) =>
      a.operation.path.replaceAll('{', '\uffff') < b.operation.path.replaceAll('{', '\uffff') ? -1 : 1,
    );
  const here = found.filter(({ operation }) => operation.path === found[0]!.operation.path);
  const match = here.find(({ operation }) => operation.method === wanted);
  if (match) return { operation: match.name, params: match.params! };
  const methods = new Set(here.map(({ operation }) => operation.method as string));
  if (methods.has('GET')) methods.add('HEAD');
  return { allow: [...methods] };
}

/** The parameters of a path that has the form of a template, as they stand there; `undefined` when it has not. */
export function pathParameters(template: string, path: string): Record<string, string> | undefined {
  const [expected, given] = [template.split('/'), path.split('/')];
  if (expected.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, segment] of expected.entries()) {
    const value = given[at]!;
    if (!segment.startsWith('{')) {
      if (segment !== value) return undefined;
    } else if (value === '') {
      return undefined;
    } else {
      params[segment.slice(1, -1)] = value;
    }
  }
  return params;
}

/** The reply where no operation is: 404, or 405 with the methods that there are; OPTIONS just asks for them. */
export function unrouted(allow: readonly string[], method: string, requestId: string): HttpResponse {
  const isHere = allow.length > 0;
  const headers: Record<string, string> = isHere ? { allow: [...allow, 'OPTIONS'].join(', ') } : {};
  if (isHere && method === 'OPTIONS') return { status: 204, headers, body: '' };
  const details = isHere
    ? {
        status: 405,
        title: 'Method not allowed',
        detail: `There is no ${method} here, but ${allow.join(', ')}.`,
      }
    : { status: 404, title: 'Not found', detail: 'There is no such path.' };
  return problemResponse({ ...details, headers }, requestId);
}

/** A problem that is no operation's. */
export function problemResponse(details: ProblemDetails, requestId: string): HttpResponse {
  return {
    status: details.status,
    headers: { 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store', ...details.headers },
    body: JSON.stringify(problemBody(details, requestId)),
  };
}
