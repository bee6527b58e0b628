import type * as z from 'zod';

/**
 * Who may call an operation. There is no default: an operation is public because somebody wrote so.
 *
 * - `'public'`: everyone
 * - `'user'`: everyone who has signed in
 * - `{ group: 'admins' }`: the signed-in members of a group
 * - `{ scopes: ['products/write'] }`: whoever has a token with all of these scopes, with a `group` or without
 * - `'iam'`: who signs with AWS credentials that allow it (`api.grantInvoke`)
 * - `{ authorizer: 'partners', context: z.object({ ... }) }`: who a Lambda authorizer lets pass
 */
export type Auth = 'public' | 'user' | 'iam' | UserAuth | LambdaAuth;

/** Signed-in users of a group, or holders of a token with scopes. */
export type UserAuth =
  | { readonly group: string; readonly scopes?: readonly string[] }
  | { readonly scopes: readonly string[]; readonly group?: string };

/**
 * Who a Lambda authorizer lets pass, and what it tells handlers of them. Write it once and use it in operations and in
 * the authorizer: `export const partners = { authorizer: 'partners', context: z.object({ partnerId: z.string() }) } as const`.
 */
export interface LambdaAuth<Context extends z.ZodObject = z.ZodObject> {
  /** The name by which `Api` is given the authorizer's function. */
  readonly authorizer: string;
  /** What handlers are told: an object of texts, numbers and booleans, for API Gateway passes on nothing else. */
  readonly context?: Context;
}

/** The signed-in user, from the access token that the gateway has verified. */
export interface User {
  /** The user's id in the user pool: stable, unlike name and e-mail. A machine's is the id of its app client. */
  readonly sub: string;
  readonly username: string;
  readonly groups: readonly string[];
  /** What the token may be used for, as in `['products/write']`. */
  readonly scopes: readonly string[];
  /** The app client that the token was issued to. */
  readonly clientId: string;
}

/** Who signed a request with AWS credentials. */
export interface Caller {
  /** The account of the credentials, 12 digits. */
  readonly account: string;
  /** The user, or the role and its session: `arn:aws:sts::123456789012:assumed-role/Orders/session`. */
  readonly arn: string;
  /** The unique id of the user, or of the role and its session. */
  readonly userId: string;
  /** The identity of an identity pool, whose users all have the credentials of one role. */
  readonly cognitoIdentityId?: string;
}

/** Who a handler is called for, by the `auth` of its operation. */
export interface Callers<A> {
  readonly user: A extends 'user' | UserAuth ? User : undefined;
  readonly caller: A extends 'iam' ? Caller : undefined;
  readonly context: A extends LambdaAuth ? ContextOf<A> : undefined;
}

/** What handlers of an operation are told by its Lambda authorizer. */
export type ContextOf<A extends LambdaAuth> = A extends { readonly context: infer Schema extends z.ZodObject }
  ? z.output<Schema>
  : Readonly<Record<never, never>>;

export function isLambdaAuth(auth: Auth): auth is LambdaAuth {
  return typeof auth === 'object' && 'authorizer' in auth;
}

/** Whether the operation is for those who have a token of the user pool. */
export function isUserAuth(auth: Auth): auth is 'user' | UserAuth {
  return auth === 'user' || (typeof auth === 'object' && !isLambdaAuth(auth));
}

/** The scopes that a token must have; none for a user who just signed in. */
export function scopesOf(auth: Auth): readonly string[] {
  return (typeof auth === 'object' && 'scopes' in auth && auth.scopes) || [];
}

/** Names of security schemes that the library uses itself. */
export const OWN_SCHEMES = { users: 'users', iam: 'iam', apiKey: 'apiKey' } as const;
