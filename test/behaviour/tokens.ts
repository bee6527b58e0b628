import { createHash, createHmac } from 'node:crypto';
import type { Person } from '../../bin/users.js';

/** Scope of each access token that Cognito issues to a user who signed in. */
const SIGNED_IN = 'aws.cognito.signin.user.admin';

/**
 * Tokens as Cognito issues them, for a target that has no Cognito: signed with a key that its substitute for authorizers
 * knows (test/localstack).
 */
export function mintTokens({ email, groups }: Person, clientId: string, key: string) {
  const now = Math.floor(Date.now() / 1000);
  const digest = createHash('sha256').update(email).digest('hex');
  const sub = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
  const claims = { sub, iat: now, exp: now + 3600, 'cognito:groups': groups };
  return {
    accessToken: signed(
      { ...claims, token_use: 'access', client_id: clientId, username: sub, scope: SIGNED_IN },
      key,
    ),
    idToken: signed({ ...claims, token_use: 'id', aud: clientId, email }, key),
  };
}

function signed(claims: object, key: string): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`;
}
