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
import { PROBLEMS } from './problems.js';

/** Environment variable with the ids of the accepted app clients, separated by commas. */
export const CLIENT_IDS_VARIABLE = 'API_CLIENT_IDS';

/** Identity of a request's sender, as the gateway established it; the fields depend on the kind of authorization. */
export interface Authentication {
  /** Claims of the verified token; several groups are a list (see `withGroups`). */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Owner of the AWS credentials that signed the request. */
  readonly caller?: Caller;
  /** Context that a Lambda authorizer returned, with its `principalId`; every value arrives as text. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Id of the API key of the request. */
  readonly apiKeyId?: string;
}

/** Identity of the caller, as handlers receive it. */
export interface Authorized {
  readonly user: User | undefined;
  readonly caller: Caller | undefined;
  readonly context: unknown;
}

/**
 * Returns the caller of a request if the operation allows it.
 *
 * The gateway has already authorized the request; this checks the rest. See `userOf`.
 *
 * @param clientIds accepted app clients; `undefined` accepts every client of the pool
 * @throws ProblemError 401 for a request without valid credentials, 403 when the operation does not allow the caller
 */
export function authorize(
  auth: Auth,
  { claims, caller, context }: Authentication,
  clientIds: readonly string[] | undefined,
): Authorized {
  const anonymous: Authorized = { user: undefined, caller: undefined, context: undefined };
  if (isUserAuth(auth)) return { ...anonymous, user: userOf(auth, claims, clientIds) };
  if (isLambdaAuth(auth)) return { ...anonymous, context: contextOf(auth, context) };
  if (auth === 'public') return anonymous;
  if (!caller) throw unauthorized('Sign the request with AWS credentials.');
  return { ...anonymous, caller };
}

/**
 * Returns the user of a token.
 *
 * The gateway has verified the token's signature, issuer and expiry, and that it has one of the scopes. A REST API's
 * Cognito authorizer does not check that it is an access token, the application it was issued to, the remaining scopes
 * and the user's groups; this does.
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
  if (missing.length > 0) throw forbidden(`The token must have the scope ${missing.join(' and ')}.`);
  const group = typeof auth === 'object' ? auth.group : undefined;
  if (group !== undefined && !user.groups.includes(group)) {
    throw forbidden(`This operation requires membership of the group "${group}".`);
  }
  return user;
}

/** Returns the user's groups. @throws ProblemError 403 for a text that may be one group or several: guessing could grant access */
function groupsOf(claims: NonNullable<Authentication['claims']>): readonly string[] {
  const groups = groupNames(claims['cognito:groups']);
  if (groups) return groups;
  throw forbidden(
    'The groups of the token are ambiguous. Send the token in exactly one Authorization header.',
  );
}

/** Returns the typed context. @throws Error when the authorizer's context breaks the contract: a server error, not the caller's */
function contextOf({ authorizer, context = z.object({}) }: LambdaAuth, received: Authentication['context']) {
  if (!received) throw unauthorized('The request has not passed its authorizer.');
  const values = Object.entries(context.shape)
    .filter(([name]) => Object.hasOwn(received, name) && received[name] !== undefined)
    .map(([name, schema]) => [name, parseScalar(schema, received[name])]);
  const result = context.safeParse(Object.fromEntries(values));
  if (!result.success) {
    throw new Error(
      `The context of authorizer ${authorizer} does not match its schema: ${result.error.message}`,
    );
  }
  return result.data;
}

/** Converts a value back from text, which the gateway turns every value of a context into. */
function parseScalar(schema: z.core.$ZodType, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  switch (scalarOf(schema)) {
    case 'number':
      return Number(value);
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : value;
    default:
      return value;
  }
}

function unauthorized(detail: string): ProblemError {
  return new ProblemError({ ...PROBLEMS.unauthorized, detail });
}

function forbidden(detail: string): ProblemError {
  return new ProblemError({ ...PROBLEMS.forbidden, detail });
}
