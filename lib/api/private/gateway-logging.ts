import { CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge } from '../../construct/acknowledge.js';

const ID = 'ApiGatewayLogging';

/**
 * The role by which API Gateway writes logs. It is a setting of the account and region, and API Gateway refuses
 * a stage with logs while there is none; so each stack with an API sets it, and leaves it behind for the others.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export class GatewayLogging extends Construct {
  static of(scope: Construct): GatewayLogging {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as GatewayLogging | undefined) ?? new GatewayLogging(stack);
  }

  private constructor(stack: Stack) {
    super(stack, ID);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs'),
      ],
    });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    acknowledge(role, {
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
        "API Gateway takes only a role with the permissions of this policy, AWS's own for exactly this purpose.",
    });
    const account = new CfnAccount(this, 'Account', { cloudWatchRoleArn: role.roleArn });
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}
