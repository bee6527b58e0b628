import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import { cdkResource, defineKind } from '../kind.js';

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

const cognito = (actions: readonly string[]) => ({
  actions: actions.map((action) => `cognito-idp:${action}`),
});

/** Cognito user pools. */
export const users = defineKind('users', {
  resource: cdkResource<IUserPool>('userPoolArn'),
  accesses: { read: [cognito(READ)], manage: [cognito(MANAGE)] },
  binding: ({ userPoolId }) => ({ value: userPoolId }),
});
