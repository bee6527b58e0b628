import type { APIGatewayProxyEvent } from 'aws-lambda';
import { ProblemError } from '../contract/problem.js';

/** A request as `route` sees it, whatever kind of event it arrived in. */
export interface HttpRequest {
  readonly requestId: string;
  readonly params: Readonly<Record<string, string>>;
  /** A parameter that stands several times is a list. */
  readonly query: Readonly<Record<string, string | string[]>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The raw body; empty when there is none. */
  readonly body: Uint8Array;
  /** The claims of the token, when the gateway has verified one. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

const utf8 = new TextEncoder();

/** From the event of a REST API's proxy integration (payload version 1.0). */
export function fromRestEvent(event: APIGatewayProxyEvent): HttpRequest {
  return {
    requestId: event.requestContext?.requestId ?? 'unknown',
    params: Object.fromEntries(
      Object.entries(event.pathParameters ?? {}).map(([name, value]) => [name, decoded(value ?? '')]),
    ),
    query: Object.fromEntries(
      Object.entries(event.multiValueQueryStringParameters ?? {}).map(([name, values]) => [
        name,
        values?.length === 1 ? values[0]! : (values ?? []),
      ]),
    ),
    headers: Object.fromEntries(
      Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value ?? '']),
    ),
    body: event.body
      ? event.isBase64Encoded
        ? Buffer.from(event.body, 'base64')
        : utf8.encode(event.body)
      : new Uint8Array(),
    ...(event.requestContext?.authorizer?.claims && { claims: event.requestContext.authorizer.claims }),
  };
}

/** REST APIs hand path parameters on as they were written in the URL. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new ProblemError({
      status: 400,
      title: 'The path is not a valid URL',
      detail: `"${value}" has a "%" that is not followed by two hexadecimal digits of UTF-8 text.`,
    });
  }
}
