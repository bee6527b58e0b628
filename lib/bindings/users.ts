import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import { allow, type Bindable, bindable } from './bindable.js';

const READ = ['AdminGetUser', 'AdminListGroupsForUser', 'ListUsers'];
const MANAGE = [
  ...READ,
  'AdminCreateUser',
  'AdminUpdateUserAttributes',
  'AdminDeleteUser',
  'AdminEnableUser',
  'AdminDisableUser',
  'AdminAddUserToGroup',
  'AdminRemoveUserFromGroup',
];

/** Binds a Cognito user pool. */
export function usersBinding(pool: IUserPool): Bindable<'users'> {
  const accesses = { read: READ, manage: MANAGE };
  return bindable('users', accesses, (access) => ({
    value: pool.userPoolId,
    resource: pool,
    statements: [allow('cognito-idp', accesses[access], [pool.userPoolArn])],
  }));
}
