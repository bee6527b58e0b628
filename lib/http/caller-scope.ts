import { type Auth, isLambdaAuth, isUserAuth } from '../contract/auth.js';
import type { Authentication } from './authorize.js';

/**
 * Returns the owner of an idempotency key, by the kind of `auth`:
 *
 * - users: the token's `sub`; for a machine it is the id of its app client
 * - `'iam'`: the Cognito identity, or else the unique id of the user or of the role session
 * - a Lambda authorizer: its `principalId`
 * - `'public'` with an API key: the key's id
 * - `'public'`: shared. Every caller with the key and the same request gets the same response
 *
 * @throws Error when a Lambda authorizer returns no `principalId`: all its callers would share their keys
 */
export function callerScope(
  { auth, apiKey }: { readonly auth: Auth; readonly apiKey?: boolean | undefined },
  { claims, caller, context, apiKeyId }: Authentication,
): string {
  if (isUserAuth(auth)) return `user:${claims?.sub}`;
  if (isLambdaAuth(auth)) {
    const id = context?.principalId;
    if (typeof id === 'string' && id !== '') return `principal:${auth.authorizer}:${id}`;
    throw new Error(
      `The context of authorizer ${auth.authorizer} must have \`principalId\`, the owner of idempotency keys. For an HTTP API, return it as part of the context.`,
    );
  }
  if (auth === 'iam') {
    return caller?.cognitoIdentityId
      ? `identity:${caller.cognitoIdentityId}`
      : `iam:${caller?.userId || caller?.arn}`;
  }
  return apiKey && apiKeyId ? `key:${apiKeyId}` : 'public';
}
