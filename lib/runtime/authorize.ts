import type { Auth, User } from '../contract/contract.js';
import { ProblemError } from '../contract/problem.js';

/** The environment variable with the ids of the app clients whose tokens are accepted, separated by commas. */
export const CLIENT_IDS_VARIABLE = 'API_CLIENT_IDS';

/**
 * The user behind a request, refused when the operation is not for them.
 *
 * The gateway has verified the token's signature, issuer and expiry. What a REST API's Cognito authorizer does not
 * check is checked here: that it is an access token, that it was issued to this application and the user's groups.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html
 *
 * @param clientIds the app clients whose tokens are accepted; `undefined` accepts every client of the pool
 */
export function authorize(
  auth: Auth,
  claims: Readonly<Record<string, unknown>> | undefined,
  clientIds: readonly string[] | undefined,
): User | undefined {
  if (auth === 'public') return undefined;
  if (!claims || typeof claims.sub !== 'string') throw unauthorized('Sign in and send the access token.');
  if (claims.token_use !== 'access') {
    throw unauthorized('The token is not an access token: send the access token, not the ID token.');
  }
  if (clientIds && !clientIds.includes(String(claims.client_id))) {
    throw unauthorized('The token was issued to another application.');
  }
  const user: User = {
    sub: claims.sub,
    username: String(claims.username ?? claims.sub),
    groups: groupsOf(claims['cognito:groups']),
  };
  if (typeof auth === 'object' && !user.groups.includes(auth.group)) {
    throw new ProblemError({
      status: 403,
      title: 'Forbidden',
      detail: `This operation is for the group "${auth.group}".`,
    });
  }
  return user;
}

/** A list claim reaches the function as text: `admins,staff` or `[admins staff]`. */
function groupsOf(claim: unknown): string[] {
  if (Array.isArray(claim)) return claim.map(String);
  return typeof claim === 'string'
    ? claim
        .replace(/^\[|\]$/g, '')
        .split(/[\s,]+/)
        .filter(Boolean)
    : [];
}

function unauthorized(detail: string): ProblemError {
  return new ProblemError({ status: 401, title: 'Unauthorized', detail });
}
