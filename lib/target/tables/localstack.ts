import { leftOut, type TargetTable, withoutEffect } from '../target-table.js';
import { LOCALSTACK_TYPES } from './localstack-types.js';

const NOT_COMMUNITY = 'not part of the community edition';
const ON_THE_LOCAL_CLOUD = 'the local cloud of `trellis up` has it';
const NO_TRACES = 'the community edition has no X-Ray';

/** The community edition of LocalStack, the last that needs no token. */
export const LOCALSTACK: TargetTable = {
  emulator: 'LocalStack 4.14.0',
  supported: LOCALSTACK_TYPES,
  differences: {
    'AWS::ApiGateway::Authorizer': leftOut(NOT_COMMUNITY, ON_THE_LOCAL_CLOUD),
    'AWS::ApiGatewayV2::*': leftOut(NOT_COMMUNITY, ON_THE_LOCAL_CLOUD),
    'AWS::AppSync::*': leftOut(NOT_COMMUNITY, ON_THE_LOCAL_CLOUD),
    'AWS::ApplicationAutoScaling::*': leftOut(NOT_COMMUNITY, 'capacity is not limited there'),
    'AWS::Athena::*': leftOut(NOT_COMMUNITY, 'the control plane is on the local cloud'),
    'AWS::Chatbot::*': leftOut(NOT_COMMUNITY, 'the alarm topic can be read by a queue or a function'),
    'AWS::CloudFront::*': leftOut(NOT_COMMUNITY, ON_THE_LOCAL_CLOUD),
    'AWS::CloudWatch::Dashboard': leftOut(NOT_COMMUNITY, 'its widgets are part of the template for AWS'),
    'AWS::CodeDeploy::*': leftOut(NOT_COMMUNITY, 'a new version is live at once'),
    'AWS::Cognito::*': leftOut(NOT_COMMUNITY, ON_THE_LOCAL_CLOUD),
    'AWS::ECS::*': leftOut(NOT_COMMUNITY, 'the control plane is on the local cloud'),
    'AWS::EFS::*': leftOut(NOT_COMMUNITY, 'the control plane is on the local cloud'),
    'AWS::Events::Archive': leftOut(NOT_COMMUNITY, ON_THE_LOCAL_CLOUD),
    'AWS::Glue::*': leftOut(NOT_COMMUNITY, 'the control plane is on the local cloud'),
    'AWS::IoT::*': leftOut(NOT_COMMUNITY, 'the control plane is on the local cloud'),
    'AWS::Logs::MetricFilter': leftOut(NOT_COMMUNITY, ON_THE_LOCAL_CLOUD),
    'AWS::Pipes::*': leftOut(NOT_COMMUNITY, 'streams call functions there'),
    'AWS::RDS::*': leftOut(NOT_COMMUNITY, 'the control plane is on the local cloud'),
    'AWS::Scheduler::Schedule': withoutEffect(
      'the community edition never fires it',
      '`CronJob` creates a rule of EventBridge there',
    ),
    'AWS::WAFv2::*': leftOut(NOT_COMMUNITY, 'the rules are part of the template for AWS'),

    'AWS::ApiGateway::Stage.AccessLogSetting': withoutEffect(
      'the community edition writes no access logs',
      'the functions log each request that reaches them',
    ),
    'AWS::ApiGateway::RestApi.Body.x-amazon-apigateway-gateway-responses': withoutEffect(
      'LocalStack ignores them in an OpenAPI body',
      'refusals of the functions are problems; those of the gateway are on the local cloud',
    ),
    'AWS::ApiGateway::Stage.TracingEnabled': withoutEffect(NO_TRACES, 'the logs carry the request id'),
    'AWS::Events::Rule.Targets.DeadLetterConfig': withoutEffect(
      'LocalStack delivers to a target once',
      "a function's own retries and failure queue work",
    ),
    'AWS::Events::Rule.Targets.RetryPolicy': withoutEffect(
      'LocalStack delivers to a target once',
      "a function's own retries and failure queue work",
    ),
    'AWS::Lambda::Function.TracingConfig': withoutEffect(NO_TRACES, 'the logs carry the request id'),
    'AWS::StepFunctions::StateMachine.TracingConfiguration': withoutEffect(
      NO_TRACES,
      'GetExecutionHistory returns every step',
    ),
  },
};
