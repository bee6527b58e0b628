import { isBinary } from './body.js';
import type { Operation } from './operation.js';
import { responsesOf } from './responses.js';

/**
 * The content types of which API Gateway must be told that they are bytes: it hands them on in base64.
 *
 * For a response it looks at the first type in the request's `Accept` only, and a browser's is often anything: so
 * every type has to count as bytes once one operation answers some.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/lambda-proxy-binary-media.html
 */
export function binaryMediaTypes(operations: readonly Operation[]): string[] {
  const answersBytes = operations.some((operation) =>
    [...responsesOf(operation).values()].some(({ content }) => [...content.values()].some(isBinary)),
  );
  if (answersBytes) return ['*/*'];
  const taken = operations.flatMap(({ body }) => (body && isBinary(body) ? body.contentTypes : []));
  return [...new Set(taken)].sort();
}
