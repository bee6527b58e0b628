import * as z from 'zod';
import {
  type Auth,
  type Caller,
  isLambdaAuth,
  isUserAuth,
  type LambdaAuth,
  scopesOf,
  type User,
  type UserAuth,
} from '../contract/auth.js';
import { ProblemError } from '../contract/problem.js';
import { scalarOf } from '../contract/scalar.js';
import { groupNames } from './group-names.js';

/** The environment variable with the ids of the app clients whose tokens are accepted, separated by commas. */
export const CLIENT_IDS_VARIABLE = 'API_CLIENT_IDS';

/** What the gateway says of who sent a request, by the kind of authorization. */
export interface Authentication {
  /** The claims of a token that it has verified; several groups as a list (see `withGroups`). */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Whose AWS credentials signed the request. */
  readonly caller?: Caller;
  /** What a Lambda authorizer answered, with its `principalId`; every value arrives as text. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** The id of the API key that was sent. */
  readonly apiKeyId?: string;
}

/** Whom a request is from, as handlers are told. */
export interface Authorized {
  readonly user: User | undefined;
  readonly caller: Caller | undefined;
  readonly context: unknown;
}

/**
 * Who is behind a request, refused when the operation is not for them.
 *
 * The gateway has authorized already; what it does not check is checked here. See `userOf`.
 *
 * @param clientIds the app clients whose tokens are accepted; `undefined` accepts every client of the pool
 * @throws ProblemError 401 when nobody is behind it, 403 when the operation is not for them
 */
export function authorize(
  auth: Auth,
  { claims, caller, context }: Authentication,
  clientIds: readonly string[] | undefined,
): Authorized {
  const nobody: Authorized = { user: undefined, caller: undefined, context: undefined };
  if (isUserAuth(auth)) return { ...nobody, user: userOf(auth, claims, clientIds) };
  if (isLambdaAuth(auth)) return { ...nobody, context: contextOf(auth, context) };
  if (auth === 'public') return nobody;
  if (!caller) throw unauthorized('Sign the request with AWS credentials.');
  return { ...nobody, caller };
}

/**
 * The user of a token.
 *
 * The gateway has verified the token's signature, issuer and expiry, and that it has one of the scopes. What a REST
 * API's Cognito authorizer does not check is checked here: that it is an access token, that it was issued to this
 * application, all scopes and the user's groups.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html
 */
function userOf(
  auth: 'user' | UserAuth,
  claims: Authentication['claims'],
  clientIds: readonly string[] | undefined,
): User {
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
    groups: groupsOf(claims),
    scopes: String(claims.scope ?? '')
      .split(' ')
      .filter(Boolean),
    clientId: String(claims.client_id),
  };
  const missing = scopesOf(auth).filter((scope) => !user.scopes.includes(scope));
  if (missing.length > 0) throw forbidden(`The token lacks the scope ${missing.join(' and ')}.`);
  const group = typeof auth === 'object' ? auth.group : undefined;
  if (group !== undefined && !user.groups.includes(group)) {
    throw forbidden(`This operation is for the group "${group}".`);
  }
  return user;
}

/** @throws ProblemError 403 for a text that may be one group or several: nobody gets in by a guess */
function groupsOf(claims: NonNullable<Authentication['claims']>): readonly string[] {
  const groups = groupNames(claims['cognito:groups']);
  if (groups) return groups;
  throw forbidden(
    'The groups of the token cannot be told apart: send the token in one Authorization header.',
  );
}

/** @throws Error when the authorizer did not answer what the contract says: an error of ours, not the caller's */
function contextOf({ authorizer, context = z.object({}) }: LambdaAuth, given: Authentication['context']) {
  if (!given) throw unauthorized('The request has not passed its authorizer.');
  const values = Object.entries(context.shape)
    .filter(([name]) => Object.hasOwn(given, name) && given[name] !== undefined)
    .map(([name, schema]) => [name, restored(schema, given[name])]);
  const result = context.safeParse(Object.fromEntries(values));
  if (!result.success) {
    throw new Error(`The authorizer ${authorizer} told what its contract does not: ${result.error.message}`);
  }
  return result.data;
}

/** The value that the gateway has made a text of. */
function restored(schema: z.core.$ZodType, given: unknown): unknown {
  if (typeof given !== 'string') return given;
  switch (scalarOf(schema)) {
    case 'number':
      return Number(given);
    case 'boolean':
      return given === 'true' ? true : given === 'false' ? false : given;
    default:
      return given;
  }
}

function unauthorized(detail: string): ProblemError {
  return new ProblemError({ status: 401, title: 'Unauthorized', detail });
}

function forbidden(detail: string): ProblemError {
  return new ProblemError({ status: 403, title: 'Forbidden', detail });
}
