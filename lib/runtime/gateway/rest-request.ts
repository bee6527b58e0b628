import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Authentication } from '../../http/authorize.js';
import type { HttpRequest } from '../../http/message.js';
import { withGroups } from './user-groups.js';

/** A request and what the gateway says of who sent it. */
export type GatewayRequest = HttpRequest & Authentication;

/** From the event of a REST API's proxy integration (payload version 1.0). */
export function fromRestEvent(event: APIGatewayProxyEvent): GatewayRequest {
  return {
    method: event.httpMethod,
    requestId: event.requestContext?.requestId ?? 'unknown',
    // REST APIs hand path parameters on as they were written in the URL.
    params: (event.pathParameters ?? {}) as Record<string, string>,
    query: queryOf(event.multiValueQueryStringParameters ?? {}),
    headers: headersOf(event),
    body: bodyOf(event),
    ...authentication(event),
    ...(event.requestContext?.identity?.apiKeyId && { apiKeyId: event.requestContext.identity.apiKeyId }),
  };
}

/** The body of an event of any kind. */
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
  const found: Record<string, string | string[]> = Object.create(null);
  for (const name of Object.keys(parameters)) {
    const values = parameters[name] ?? [];
    found[name] = values.length === 1 ? values[0]! : values;
  }
  return found;
}

function headersOf({ headers, multiValueHeaders }: APIGatewayProxyEvent): Record<string, string> {
  const given = multiValueHeaders ?? headers ?? {};
  const found: Record<string, string> = {};
  for (const name of Object.keys(given)) {
    const values = given[name];
    if (values === undefined) continue;
    found[name.toLowerCase()] =
      typeof values === 'string' ? values : values.length === 1 ? values[0]! : values.join(', ');
  }
  return found;
}

/** An authorizer's context has only texts, also one called `claims`: Cognito's is an object. */
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
