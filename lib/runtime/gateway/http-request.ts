import type {
  APIGatewayEventRequestContextIAMAuthorizer,
  APIGatewayEventRequestContextJWTAuthorizer,
  APIGatewayProxyEventV2,
} from 'aws-lambda';
import type { Operation } from '../../contract/operation.js';
import type { Authentication } from '../../http/authorize.js';
import { matchRoute, type RouteMatch } from '../../http/router.js';
import { bodyOf, type GatewayRequest } from './rest-request.js';
import { withGroups } from './user-groups.js';

type Authorizer = Partial<APIGatewayEventRequestContextIAMAuthorizer> &
  Partial<APIGatewayEventRequestContextJWTAuthorizer> & { readonly lambda?: Record<string, unknown> | null };

/** Converts the event of an HTTP API or a function URL (payload version 2.0), which has each header once, except cookies. */
export function fromHttpEvent(
  event: APIGatewayProxyEventV2,
  params: Readonly<Record<string, string>>,
): GatewayRequest {
  const { http, requestId, authorizer } = event.requestContext as typeof event.requestContext & {
    readonly authorizer?: Authorizer;
  };
  const query = new URLSearchParams(event.rawQueryString);
  return {
    method: http.method,
    requestId,
    params,
    query: Object.fromEntries(
      [...new Set(query.keys())].map((name) => {
        const values = query.getAll(name);
        return [name, values.length === 1 ? values[0]! : values];
      }),
    ),
    headers: {
      ...(event.headers as Record<string, string>),
      ...(event.cookies && { cookie: event.cookies.join('; ') }),
    },
    body: bodyOf(event),
    ...authentication(authorizer, event.headers?.authorization),
  };
}

/**
 * Matches a request with the operation's path. A match of the gateway is used; requests to a function URL, or by the
 * route `$default`, may have any path.
 */
export function routeOf(
  operation: Operation,
  { routeKey, rawPath, pathParameters, requestContext }: APIGatewayProxyEventV2,
): RouteMatch<'here'> {
  if (routeKey !== '$default') {
    // HTTP APIs pass path parameters decoded.
    const params = Object.entries(pathParameters ?? {}).map(([name, value]) => [
      name,
      encodeURIComponent(value ?? ''),
    ]);
    return { operation: 'here', params: Object.fromEntries(params) };
  }
  return matchRoute({ here: operation }, requestContext.http.method, rawPath);
}

function authentication(
  { jwt, lambda, iam }: Authorizer = {},
  authorization: string | undefined,
): Authentication {
  if (jwt) return { claims: withGroups(jwt.claims, authorization === undefined ? [] : [authorization]) };
  if (iam) {
    const { userArn: arn, accountId: account, userId, cognitoIdentity } = iam;
    // The types lack it, but callers with credentials of an identity pool have one.
    const cognitoIdentityId = (cognitoIdentity as { identityId?: string } | null | undefined)?.identityId;
    return { caller: { arn, account, userId, ...(cognitoIdentityId && { cognitoIdentityId }) } };
  }
  return lambda ? { context: lambda } : {};
}
