import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { Need } from './need.js';
import { once } from './once.js';
import { bounded, REQUESTS } from './sdk.js';

/** A Cognito user pool and the SDK's client to call it with. */
export interface UsersClient {
  readonly userPoolId: string;
  readonly client: CognitoIdentityProviderClient;
}

const client = /* @__PURE__ */ once(() => bounded(new CognitoIdentityProviderClient(REQUESTS)));

const need = <Access extends string>(access: Access): Need<'users', Access, UsersClient> => ({
  kind: 'users',
  access,
  connect: (userPoolId) => ({ userPoolId, client: client() }),
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
