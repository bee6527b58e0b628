import { type Auth, isLambdaAuth, isUserAuth } from '../contract/auth.js';
import type { Authentication } from './authorize.js';

/**
 * To whom an idempotency key belongs, by the kind of `auth`:
 *
 * - users: the token's `sub`, which for a machine is the id of its app client
 * - `'iam'`: the Cognito identity, or else the unique id of the user, or of the role with its session
 * - a Lambda authorizer: its `principalId`
 * - `'public'` with an API key: the key's id
 * - `'public'`: nobody in particular. Whoever has the key and sends the same request gets the same response
 *
 * @throws Error when a Lambda authorizer has told no `principalId`: all its callers would share their keys
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
      `The authorizer ${auth.authorizer} has told no \`principalId\`, to which idempotency keys belong. An HTTP API passes it on only as a part of the context.`,
    );
  }
  if (auth === 'iam') {
    return caller?.cognitoIdentityId
      ? `identity:${caller.cognitoIdentityId}`
      : `iam:${caller?.userId || caller?.arn}`;
  }
  return apiKey && apiKeyId ? `key:${apiKeyId}` : 'public';
}
