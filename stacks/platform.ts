import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import { UserDirectory } from 'cdk-trellis';
import type { Construct } from 'constructs';

/** Where the services find the users of the storefront. */
export const USERS_PATH = '/storefront/users';

/** What all services of the storefront share. */
export class PlatformStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const users = new UserDirectory(this, 'Users', { groups: ['admins'], publishAs: USERS_PATH });
    new CfnOutput(this, 'UserPoolId', { value: users.userPool.userPoolId });
    new CfnOutput(this, 'UserPoolClientId', { value: users.client.userPoolClientId });
  }
}
