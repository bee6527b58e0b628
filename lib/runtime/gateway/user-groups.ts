import type { Authentication } from '../../http/authorize.js';
import { bearerToken } from '../../http/bearer-token.js';
import { groupNames } from '../../http/group-names.js';

type Claims = NonNullable<Authentication['claims']>;

const GROUPS = 'cognito:groups';

/**
 * Returns the claims of a gateway, with the user's groups as a list.
 *
 * A gateway writes a list as one string, `admins,staff` or `[admins staff]`, and the name of a group may itself have
 * commas, spaces or brackets: a member of "Domain admins" must not become a member of "admins". Several groups are
 * therefore read from the token, which the gateway has verified. The token is used only if it is the request's only
 * `Authorization` header and the gateway's string is a rendering of its list; otherwise the string is unchanged.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html
 *
 * @param authorization the values of all `Authorization` headers of the request
 */
export function withGroups(claims: Claims, authorization: readonly string[]): Claims {
  const text = claims[GROUPS];
  if (typeof text !== 'string' || groupNames(text)) return claims;
  const [header, ...further] = authorization;
  const groups = header === undefined || further.length > 0 ? undefined : groupsInToken(header);
  return groups && isRenderedAs(groups, text) ? { ...claims, [GROUPS]: groups } : claims;
}

function isRenderedAs(groups: readonly string[], text: string): boolean {
  // REST APIs join by commas, HTTP APIs write brackets.
  return [groups.join(','), `[${groups.join(' ')}]`, `[${groups.join(', ')}]`].includes(text);
}

function groupsInToken(header: string): readonly string[] | undefined {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(bearerToken(header) ?? '')?.[1];
  if (!payload) return undefined;
  try {
    const groups: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())[GROUPS];
    return Array.isArray(groups) && groups.every((name) => typeof name === 'string') ? groups : undefined;
  } catch {
    return undefined;
  }
}
