import type { Operation } from '../contract/operation.js';
import { type ProblemDetails, problemBody } from '../contract/problem.js';
import { PROBLEM_TYPE } from '../contract/responses.js';
import type { HttpResponse } from './message.js';
import { PROBLEMS } from './problems.js';

/** Result of routing: an operation with its path parameters, or the methods that the path allows. */
export type RouteMatch<Name extends string> =
  | { readonly operation: Name; readonly params: Readonly<Record<string, string>> }
  /** Methods of the operations with this path; empty if no operation has it. */
  | { readonly operation?: undefined; readonly allow: readonly string[] };

/**
 * Returns the operation of a method and a path. A static segment wins over a parameter, as in API Gateway; HEAD matches
 * the GET operation.
 *
 * @param path percent-encoded, without query
 */
export function matchRoute<Name extends string>(
  operations: Readonly<Record<Name, Operation>>,
  method: string,
  path: string,
): RouteMatch<Name> {
  const effectiveMethod = method === 'HEAD' ? 'GET' : method;
  const matches = (Object.entries(operations) as [Name, Operation][])
    .map(([name, operation]) => ({ name, operation, params: pathParameters(operation.path, path) }))
    .filter(({ params }) => params !== undefined)
    // API Gateway matches from left to right: `/a/b` precedes `/a/{b}`, whatever their methods.
    .sort((a, b) =>
      a.operation.path.replaceAll('{', '\uffff') < b.operation.path.replaceAll('{', '\uffff') ? -1 : 1,
    );
  const samePath = matches.filter(({ operation }) => operation.path === matches[0]!.operation.path);
  const match = samePath.find(({ operation }) => operation.method === effectiveMethod);
  if (match) return { operation: match.name, params: match.params! };
  const methods = new Set(samePath.map(({ operation }) => operation.method as string));
  if (methods.has('GET')) methods.add('HEAD');
  return { allow: [...methods] };
}

/** Returns the parameters of a path, percent-encoded; `undefined` if the path does not match the template. */
export function pathParameters(template: string, path: string): Record<string, string> | undefined {
  const [expected, actual] = [template.split('/'), path.split('/')];
  if (expected.length !== actual.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of expected.entries()) {
    const value = actual[index]!;
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

/** Returns the response for an unmatched route: 404, or 405 with `allow`; 204 with `allow` for OPTIONS. */
export function unmatchedResponse(allow: readonly string[], method: string, requestId: string): HttpResponse {
  const pathExists = allow.length > 0;
  const headers: Record<string, string> = pathExists ? { allow: [...allow, 'OPTIONS'].join(', ') } : {};
  if (pathExists && method === 'OPTIONS') return { status: 204, headers, body: '' };
  const details = pathExists
    ? {
        ...PROBLEMS.methodNotAllowed,
        detail: `This path supports ${allow.join(', ')}, got ${method}.`,
      }
    : { ...PROBLEMS.notFound, detail: 'No operation has this path.' };
  return problemResponse({ ...details, headers }, requestId);
}

/** Returns a problem that belongs to no operation. */
export function problemResponse(details: ProblemDetails, requestId: string): HttpResponse {
  return {
    status: details.status,
    headers: { 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store', ...details.headers },
    body: JSON.stringify(problemBody(details, requestId)),
  };
}
