import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import { EventHub, Monitoring, UserDirectory } from 'cdk-trellis';
import type { Construct } from 'constructs';

/** Where the services find the users of the storefront. */
export const USERS_PATH = '/storefront/users';

/** Where the site finds the services' APIs, each below this by its name. */
export const APIS_PATH = '/storefront/apis';

/** Where the services find the bus that their events are on. */
export const EVENTS_PATH = '/storefront/events';

/** What all services of the storefront share. */
export class PlatformStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const users = new UserDirectory(this, 'Users', { groups: ['admins'], publishAs: USERS_PATH });
    new EventHub(this, 'Events', { publishAs: EVENTS_PATH });
    new Monitoring(this, 'Monitoring');
    new CfnOutput(this, 'UserPoolId', { value: users.userPool.userPoolId });
    new CfnOutput(this, 'UserPoolClientId', { value: users.client.userPoolClientId });
  }
}
