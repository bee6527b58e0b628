/** A signed-in user in tests and mocks, by the claims of an access token. */
export interface TokenUser {
  /** @default 'user-1' */
  readonly sub?: string;
  /** @default [] */
  readonly groups?: readonly string[];
  /** @default 'client-1' */
  readonly clientId?: string;
  /** @default 'access' */
  readonly tokenUse?: string;
  /** @default ['aws.cognito.signin.user.admin'], the scope of a signed-in user */
  readonly scopes?: readonly string[];
}

/** Returns the claims of a user's token, as Cognito writes them. */
export function claimsOf(user: TokenUser): Readonly<Record<string, unknown>> {
  const { sub = 'user-1', groups = [], clientId = 'client-1', tokenUse = 'access' } = user;
  const { scopes = ['aws.cognito.signin.user.admin'] } = user;
  return {
    sub,
    username: sub,
    token_use: tokenUse,
    client_id: clientId,
    scope: scopes.join(' '),
    ...(groups.length > 0 && { 'cognito:groups': groups }),
  };
}
