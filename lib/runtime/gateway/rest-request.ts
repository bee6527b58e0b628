import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Authentication } from '../../http/authorize.js';
import type { HttpRequest } from '../../http/message.js';
import { withGroups } from './user-groups.js';

/** Request with the gateway's authentication of its caller. */
export type GatewayRequest = HttpRequest & Authentication;

/** Converts the event of a REST API's proxy integration (payload version 1.0). */
export function fromRestEvent(event: APIGatewayProxyEvent): GatewayRequest {
  return {
    method: event.httpMethod,
    requestId: event.requestContext?.requestId ?? 'unknown',
    // REST APIs pass path parameters as written in the URL.
    params: (event.pathParameters ?? {}) as Record<string, string>,
    query: queryOf(event.multiValueQueryStringParameters ?? {}),
    headers: headersOf(event),
    body: bodyOf(event),
    ...authentication(event),
    ...(event.requestContext?.identity?.apiKeyId && { apiKeyId: event.requestContext.identity.apiKeyId }),
  };
}

/** Returns the body of an event of any kind. */
export function bodyOf(event: {
  readonly body?: string | null;
  readonly isBase64Encoded: boolean;
}): string | Uint8Array {
  if (!event.body) return '';
  return event.isBase64Encoded ? Buffer.from(event.body, 'base64') : event.body;
}

function queryOf(
  parameters: Readonly<Record<string, string[] | undefined>>,
): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null);
  for (const name of Object.keys(parameters)) {
    const values = parameters[name] ?? [];
    query[name] = values.length === 1 ? values[0]! : values;
  }
  return query;
}

function headersOf({ headers, multiValueHeaders }: APIGatewayProxyEvent): Record<string, string> {
  const source = multiValueHeaders ?? headers ?? {};
  const result: Record<string, string> = {};
  for (const name of Object.keys(source)) {
    const values = source[name];
    if (values === undefined) continue;
    result[name.toLowerCase()] =
      typeof values === 'string' ? values : values.length === 1 ? values[0]! : values.join(', ');
  }
  return result;
}

/** Returns the authentication in an event. A Lambda authorizer's `claims` are text: only Cognito's are an object. */
function authentication(event: APIGatewayProxyEvent): Authentication {
  const { authorizer, identity } = event.requestContext ?? {};
  const claims: unknown = authorizer?.claims;
  if (typeof claims === 'object' && claims !== null) {
    return { claims: withGroups(claims as NonNullable<Authentication['claims']>, authorizationOf(event)) };
  }
  if (authorizer) return { context: authorizer };
  const { userArn, accountId, caller, cognitoIdentityId } = identity ?? {};
  if (!userArn) return {};
  return {
    caller: {
      arn: userArn,
      account: accountId ?? '',
      userId: caller ?? '',
      ...(cognitoIdentityId && { cognitoIdentityId }),
    },
  };
}

function authorizationOf({ headers, multiValueHeaders }: APIGatewayProxyEvent): string[] {
  return Object.entries(multiValueHeaders ?? headers ?? {})
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .flatMap(([, value]) => value ?? []);
}
