import type * as z from 'zod';

/**
 * Callers of an operation. Required: an operation is never public by default.
 *
 * - `'public'`: every caller
 * - `'user'`: signed-in users
 * - `{ group: 'admins' }`: signed-in members of a group
 * - `{ scopes: ['products/write'] }`: callers whose token has all of these scopes; combines with `group`
 * - `'iam'`: callers that sign with permitted AWS credentials (`api.grantInvoke`)
 * - `{ authorizer: 'partners', context: z.object({ ... }) }`: callers that a Lambda authorizer allows
 */
export type Auth = 'public' | 'user' | 'iam' | UserAuth | LambdaAuth;

/** Signed-in users of a group, or holders of a token with scopes. */
export type UserAuth =
  | { readonly group: string; readonly scopes?: readonly string[] }
  | { readonly scopes: readonly string[]; readonly group?: string };

/**
 * Callers that a Lambda authorizer allows, and the context it returns. Define it once for operations and the authorizer:
 * `export const partners = { authorizer: 'partners', context: z.object({ partnerId: z.string() }) } as const`.
 */
export interface LambdaAuth<Context extends z.ZodObject = z.ZodObject> {
  /** Name of the authorizer's function in the `authorizers` of `Api`. */
  readonly authorizer: string;
  /** Context for handlers: an object of texts, numbers and booleans, the only types that API Gateway supports. */
  readonly context?: Context;
}

/** Signed-in user, from the access token that the gateway verified. */
export interface User {
  /** Id in the user pool: stable, unlike name and e-mail. For a machine, the id of its app client. */
  readonly sub: string;
  readonly username: string;
  readonly groups: readonly string[];
  /** Scopes of the token, for example `['products/write']`. */
  readonly scopes: readonly string[];
  /** App client that the token was issued to. */
  readonly clientId: string;
}

/** Principal whose AWS credentials signed a request. */
export interface Caller {
  /** Account of the credentials, 12 digits. */
  readonly account: string;
  /** User, or role session: `arn:aws:sts::123456789012:assumed-role/Orders/session`. */
  readonly arn: string;
  /** Unique id of the user or the role session. */
  readonly userId: string;
  /** Identity of an identity pool, whose users share the credentials of one role. */
  readonly cognitoIdentityId?: string;
}

/** Caller, as a handler receives it; the fields depend on the `auth` of the operation. */
export interface Callers<A> {
  readonly user: A extends 'user' | UserAuth ? User : undefined;
  readonly caller: A extends 'iam' ? Caller : undefined;
  readonly context: A extends LambdaAuth ? ContextOf<A> : undefined;
}

/** Context of an operation's Lambda authorizer, as handlers receive it. */
export type ContextOf<A extends LambdaAuth> = A extends { readonly context: infer Schema extends z.ZodObject }
  ? z.output<Schema>
  : Readonly<Record<never, never>>;

export function isLambdaAuth(auth: Auth): auth is LambdaAuth {
  return typeof auth === 'object' && 'authorizer' in auth;
}

/** Returns true for operations that require a token of the user pool. */
export function isUserAuth(auth: Auth): auth is 'user' | UserAuth {
  return auth === 'user' || (typeof auth === 'object' && !isLambdaAuth(auth));
}

/** Returns the scopes that a token must have; empty if signing in is enough. */
export function scopesOf(auth: Auth): readonly string[] {
  return (typeof auth === 'object' && 'scopes' in auth && auth.scopes) || [];
}

/** Names of the library's security schemes. */
export const BUILT_IN_SCHEMES = { users: 'users', iam: 'iam', apiKey: 'apiKey' } as const;
