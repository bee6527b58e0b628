import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { perRegion, regionOfPool } from '../per-region.js';
import { bounded, REQUESTS } from '../sdk.js';
import type { Need } from './need.js';

/** A Cognito user pool and the SDK's client to call it with. */
export interface UsersClient {
  readonly userPoolId: string;
  readonly client: CognitoIdentityProviderClient;
}

const client = /* @__PURE__ */ perRegion(
  (place) => bounded(new CognitoIdentityProviderClient({ ...REQUESTS, ...place })),
  regionOfPool,
);

const need = <Access extends string>(access: Access): Need<'users', Access, UsersClient> => ({
  kind: 'users',
  access,
  connect: (userPoolId) => ({ userPoolId, client: client(userPoolId) }),
});

/**
 * Access to the users of a Cognito user pool.
 *
 * - `read`: AdminGetUser, AdminListGroupsForUser, ListUsers
 * - `manage`: these, AdminCreateUser, AdminUpdateUserAttributes, AdminDeleteUser, AdminEnableUser, AdminDisableUser,
 *   AdminAddUserToGroup, AdminRemoveUserFromGroup
 *
 * @example
 * import { AdminGetUserCommand } from '@aws-sdk/client-cognito-identity-provider';
 * import { handle, users } from 'cdk-trellis/runtime';
 *
 * export const handler = handle({ people: users.read }, async (event: { name: string }, { people }) => {
 *   const { UserStatus } = await people.client.send(
 *     new AdminGetUserCommand({ UserPoolId: people.userPoolId, Username: event.name }),
 *   );
 *   return UserStatus;
 * });
 */
export const users = {
  read: /* @__PURE__ */ need('read'),
  manage: /* @__PURE__ */ need('manage'),
};
