import { isBinary } from './body.js';
import type { Operation } from './operation.js';
import { responsesOf } from './responses.js';

/**
 * Returns the content types that API Gateway must treat as binary, which it passes in base64.
 *
 * For a response API Gateway considers only the first type of the request's `Accept`, and browsers often send any type:
 * so once an operation returns bytes, every type must be binary.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/lambda-proxy-binary-media.html
 */
export function binaryMediaTypes(operations: readonly Operation[]): string[] {
  const returnsBytes = operations.some((operation) =>
    [...responsesOf(operation).values()].some(({ content }) => [...content.values()].some(isBinary)),
  );
  if (returnsBytes) return ['*/*'];
  const requestTypes = operations.flatMap(({ body }) => (body && isBinary(body) ? body.contentTypes : []));
  return [...new Set(requestTypes)].sort();
}
