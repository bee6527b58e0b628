import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import { EventHub, Monitoring, UserDirectory } from 'cdk-trellis';
import type { Construct } from 'constructs';

/** The parameter path by which services find the storefront's users. */
export const USERS_PATH = '/storefront/users';

/** The prefix of the parameter paths by which the site finds the services' APIs, each by its name. */
export const APIS_PATH = '/storefront/apis';

/** The parameter path by which services find the event bus. */
export const EVENTS_PATH = '/storefront/events';

/** The resources that all services of the storefront share. */
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
