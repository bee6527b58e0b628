import { Stack, type StackProps } from 'aws-cdk-lib/core';
import { Api, DataTable, SharedLayer, UserDirectory } from 'cdk-trellis';
import type { Construct } from 'constructs';
import { usersApi } from '../contracts/users.js';
import { APIS_PATH, USERS_PATH } from './platform.js';

const commerce = SharedLayer.fromPackage('layers/commerce');

/** The profiles of users: a table and an API over it. */
export class UsersStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    new Api(this, 'Api', {
      contract: usersApi,
      publishAs: `${APIS_PATH}/users`,
      documentation: { path: '/me' },
      users: UserDirectory.fromPublished(this, 'Users', USERS_PATH),
      bind: { profiles: new DataTable(this, 'Profiles', { partitionKey: 'userId' }) },
      functions: { layers: [commerce] },
      routes: {
        getProfile: () => import('../lambda/users/get-profile.js'),
        updateProfile: () => import('../lambda/users/update-profile.js'),
      },
    });
  }
}
