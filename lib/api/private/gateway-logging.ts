import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { logStatement } from '../../bindings/function-policy.js';
import { acknowledge } from '../../construct/acknowledge.js';

const ID = 'ApiGatewayLogging';

/** The name of the role, one for the account: IAM is global, and the role may write the logs of every region. */
const ROLE_NAME = 'trellis-api-gateway-logs';

/** API Gateway allows one change of the setting per 20 seconds, and several stacks may be deployed at once. */
const TIMEOUT = Duration.minutes(3);

/** Time for which CloudFormation waits; its default is an hour. */
const SERVICE_TIMEOUT = TIMEOUT.plus(Duration.minutes(1));

/** Returns the handler without its comments, which each template with an API would repeat. */
function inlineHandler(): string {
  const source = readFileSync(join(__dirname, 'gateway-logging-handler.cjs'), 'utf8');
  return source.replace(/^ *(\/\*\*[\s\S]*?\*\/|\/\/.*)\n/gm, '');
}

/**
 * Sets the role with which API Gateway writes logs if the account has none. It is one setting of the account and region,
 * and API Gateway rejects a stage with logs without it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 *
 * `AWS::ApiGateway::Account` would overwrite an existing setting, and concurrent deployments would fail at its rate
 * limit: see docs/adr/0015-the-account-role-for-logs.md.
 */
export class GatewayLogging extends Construct {
  static of(scope: Construct): GatewayLogging {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as GatewayLogging | undefined) ?? new GatewayLogging(stack);
  }

  private constructor(stack: Stack) {
    super(stack, ID);
    const { partition, account } = stack;
    const roleArn = `arn:${partition}:iam::${account}:role/${ROLE_NAME}`;
    const policyArn = `arn:${partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`;
    const logGroup = new LogGroup(this, 'LogGroup', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = this.createRole(logGroup, roleArn, policyArn);
    const setter = new LambdaFunction(this, 'Function', {
      description: 'Sets the role for the logs of API Gateway if the account has none',
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline(inlineHandler()),
      timeout: TIMEOUT,
      memorySize: 256,
      role,
      logGroup,
    });
    acknowledge(setter, {
      'Serverless-LambdaDLQ': 'CloudFormation waits for the result and sees the failure.',
      'Serverless-LambdaTracing': 'It runs once, when the stack is created.',
    });
    new CustomResource(this, 'Account', {
      resourceType: 'Custom::ApiGatewayLogging',
      serviceToken: setter.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties: { roleName: ROLE_NAME, roleArn, policyArn },
    });
  }

  private createRole(logGroup: LogGroup, roleArn: string, policyArn: string): Role {
    const { partition, account, region } = Stack.of(this);
    const everyRole = `arn:${partition}:iam::${account}:role/*`;
    const statements = [
      logStatement(logGroup),
      new PolicyStatement({
        actions: ['apigateway:GET', 'apigateway:PATCH'],
        resources: [`arn:${partition}:apigateway:${region}::/account`],
      }),
      new PolicyStatement({ actions: ['iam:GetRole'], resources: [everyRole] }),
      new PolicyStatement({ actions: ['iam:CreateRole'], resources: [roleArn] }),
      new PolicyStatement({
        actions: ['iam:AttachRolePolicy'],
        resources: [roleArn],
        conditions: { ArnEquals: { 'iam:PolicyARN': policyArn } },
      }),
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'apigateway.amazonaws.com' } },
      }),
    ];
    const role = new Role(this, 'Setter', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Setter: new PolicyDocument({ statements }) },
    });
    acknowledge(role, {
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::<AWS::AccountId>:role/*]':
        'Read only: the setting may name any role of the account, and is replaced only if that role is deleted.',
    });
    return role;
  }
}
