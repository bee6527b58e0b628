import * as cognito from '@aws-sdk/client-cognito-identity-provider';
import { handle, type UsersClient, users } from 'cdk-trellis/runtime';
import type { FixtureStack } from '../fixtures.js';
import { type Probes, probing } from '../probing.js';

export const probes = ({ userPoolId: UserPoolId, client }: UsersClient): Probes => {
  const ann = { UserPoolId, Username: 'ann' };
  const member = { ...ann, GroupName: 'none' };
  const UserAttributes = [{ Name: 'name', Value: 'Ann' }];
  const calls = {
    AdminCreateUser: () => new cognito.AdminCreateUserCommand({ ...ann, MessageAction: 'SUPPRESS' }),
    AdminGetUser: () => new cognito.AdminGetUserCommand(ann),
    ListUsers: () => new cognito.ListUsersCommand({ UserPoolId }),
    AdminUpdateUserAttributes: () => new cognito.AdminUpdateUserAttributesCommand({ ...ann, UserAttributes }),
    AdminDisableUser: () => new cognito.AdminDisableUserCommand(ann),
    AdminEnableUser: () => new cognito.AdminEnableUserCommand(ann),
    AdminAddUserToGroup: () => new cognito.AdminAddUserToGroupCommand(member),
    AdminRemoveUserFromGroup: () => new cognito.AdminRemoveUserFromGroupCommand(member),
    AdminListGroupsForUser: () => new cognito.AdminListGroupsForUserCommand(ann),
    AdminDeleteUser: () => new cognito.AdminDeleteUserCommand(ann),
  };
  return Object.fromEntries(
    Object.entries(calls).map(([action, command]) => [
      `cognito-idp:${action}`,
      () => client.send(command() as cognito.AdminGetUserCommand),
    ]),
  );
};

export const read = handle({ it: users.read }, probing(probes));
export const manage = handle({ it: users.manage }, probing(probes));

export const resource = ({ cdk, stack }: FixtureStack) =>
  new cdk.aws_cognito.UserPool(stack, 'People', { removalPolicy: cdk.RemovalPolicy.DESTROY });

export const imported = ({ cdk, stack }: FixtureStack) =>
  cdk.aws_cognito.UserPool.fromUserPoolId(stack, 'Imported', 'us-east-1_AbC');
