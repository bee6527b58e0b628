import { leftOut, type TargetTable, withoutEffect } from '../target-table.js';
import { MINISTACK_TYPES } from './ministack-types.js';

const NO_TRACES = 'MiniStack has no X-Ray';
const SEE_LOGS = 'the logs of the functions carry the request id';
const NO_DOCKER = 'container images need Docker';
const NOT_FILTERED = 'connections on this machine are not filtered';
const NO_MAIL = 'no mail arrives on this machine';
const UNSUPPORTED_TYPE = 'MiniStack rejects a template with this type';

/** The local cloud of `trellis up`: MiniStack with the corrections of lib/local/emulator. */
export const LOCAL: TargetTable = {
  emulator: 'MiniStack 1.5.33',
  supported: MINISTACK_TYPES,
  differences: {
    'AWS::ApplicationAutoScaling::*': leftOut(UNSUPPORTED_TYPE, 'capacity is not limited on this machine'),
    'AWS::Chatbot::*': leftOut(UNSUPPORTED_TYPE, 'the alarm topic can be read by a queue or a function'),
    'AWS::CloudWatch::CompositeAlarm': leftOut(UNSUPPORTED_TYPE, 'the alarms that it combines exist'),
    'AWS::CloudWatch::Dashboard': withoutEffect(
      'nothing displays it',
      'its widgets are part of the template, which is what tests compare',
    ),
    'AWS::CodeDeploy::*': leftOut(UNSUPPORTED_TYPE, 'a new version is live at once'),
    'AWS::Cognito::UserPoolIdentityProvider': leftOut(
      UNSUPPORTED_TYPE,
      'sign in as a user of the pool itself',
    ),
    'AWS::Cognito::UserPoolRiskConfigurationAttachment': leftOut(
      UNSUPPORTED_TYPE,
      'threat protection is for traffic from outside',
    ),
    'AWS::Cognito::ManagedLoginBranding': leftOut(UNSUPPORTED_TYPE, 'sign in through the API of the pool'),
    'AWS::Cognito::UserPoolUICustomizationAttachment': leftOut(
      UNSUPPORTED_TYPE,
      'sign in through the API of the pool',
    ),
    'AWS::Athena::NamedQuery': leftOut(UNSUPPORTED_TYPE, 'start the query by its text'),
    'AWS::CloudTrail::Trail': leftOut(UNSUPPORTED_TYPE, 'the log of the emulator has the requests'),
    'AWS::EC2::FlowLog': leftOut(UNSUPPORTED_TYPE, 'functions are processes of this machine'),
    'AWS::EC2::SecurityGroupEgress': leftOut(UNSUPPORTED_TYPE, NOT_FILTERED),
    'AWS::EC2::SecurityGroupIngress': leftOut(UNSUPPORTED_TYPE, NOT_FILTERED),
    'AWS::EC2::EIP': leftOut(UNSUPPORTED_TYPE, 'functions reach this machine without it'),
    'AWS::EC2::NatGateway': leftOut(UNSUPPORTED_TYPE, 'functions reach this machine without it'),
    'AWS::Lambda::Function?PackageType=Image': leftOut(
      NO_DOCKER,
      'its template is checked; run the image by itself',
    ),
    'AWS::RDS::DBProxy': leftOut(UNSUPPORTED_TYPE, 'connect to the database itself'),
    'AWS::RDS::DBProxyEndpoint': leftOut(UNSUPPORTED_TYPE, 'connect to the database itself'),
    'AWS::RDS::DBProxyTargetGroup': leftOut(UNSUPPORTED_TYPE, 'connect to the database itself'),
    'AWS::SES::ReceiptFilter': leftOut(UNSUPPORTED_TYPE, NO_MAIL),
    'AWS::SES::ReceiptRule': leftOut(UNSUPPORTED_TYPE, NO_MAIL),
    'AWS::SES::ReceiptRuleSet': leftOut(UNSUPPORTED_TYPE, NO_MAIL),
    'AWS::SecretsManager::RotationSchedule': leftOut(UNSUPPORTED_TYPE, 'the secret keeps its value'),
    'AWS::StepFunctions::StateMachineAlias': leftOut(UNSUPPORTED_TYPE, 'start the state machine itself'),
    'AWS::StepFunctions::StateMachineVersion': leftOut(UNSUPPORTED_TYPE, 'start the state machine itself'),
    'AWS::WAFv2::WebACL': withoutEffect(
      'it is kept and checks no request',
      'the rules are part of the template',
    ),
    'AWS::WAFv2::WebACLAssociation': leftOut(UNSUPPORTED_TYPE, 'a web ACL checks no request there'),

    'AWS::ApiGateway::Stage.AccessLogSetting': withoutEffect(
      'MiniStack writes no access logs',
      'the functions log each request that reaches them',
    ),
    'AWS::ApiGateway::Stage.TracingEnabled': withoutEffect(NO_TRACES, SEE_LOGS),
    'AWS::CloudFront::Distribution.DistributionConfig.HttpVersion': withoutEffect(
      'the edge speaks HTTP/1.1',
      'pages do not depend on it',
    ),
    'AWS::CloudFront::Distribution.DistributionConfig.Logging': withoutEffect(
      'the edge writes no access logs',
      'the browser shows the requests',
    ),
    'AWS::CloudFront::Distribution.DistributionConfig.ViewerCertificate': withoutEffect(
      'the edge is plain HTTP on this machine',
      'requests count as sent over TLS',
    ),
    'AWS::CloudFront::Distribution.DistributionConfig.WebACLId': withoutEffect(
      'a web ACL checks no request there',
      'the rules are part of the template',
    ),
    'AWS::CloudWatch::Alarm.Metrics': withoutEffect(
      'MiniStack evaluates alarms on single metrics only',
      'the alarm is created, and stays without data',
    ),
    'AWS::DynamoDB::GlobalTable.Replicas.PointInTimeRecoverySpecification': withoutEffect(
      'MiniStack keeps no history of tables',
      '`trellis down` keeps what is there; `--clean` deletes it',
    ),
    'AWS::DynamoDB::Table.PointInTimeRecoverySpecification': withoutEffect(
      'MiniStack keeps no history of tables',
      '`trellis down` keeps what is there; `--clean` deletes it',
    ),
    'AWS::Events::Rule.Targets.DeadLetterConfig': withoutEffect(
      'MiniStack delivers to a target once',
      "a function's own retries and failure queue work",
    ),
    'AWS::Events::Rule.Targets.RetryPolicy': withoutEffect(
      'MiniStack delivers to a target once',
      "a function's own retries and failure queue work",
    ),
    'AWS::Lambda::Function.Architectures': withoutEffect(
      'functions run on the processor of this machine',
      'native modules are bundled for it',
    ),
    'AWS::Lambda::Function.MemorySize': withoutEffect(
      'a function may use what this machine has',
      'the log of a real invocation reports what it used',
    ),
    'AWS::Lambda::Function.TracingConfig': withoutEffect(NO_TRACES, SEE_LOGS),
    'AWS::Lambda::Function.VpcConfig': withoutEffect(
      'functions are processes of this machine',
      'what they call must be reachable from here',
    ),
    'AWS::S3::Bucket.LifecycleConfiguration': withoutEffect(
      'MiniStack expires no objects',
      '`trellis down --clean` deletes them',
    ),
    'AWS::StepFunctions::StateMachine.LoggingConfiguration': withoutEffect(
      'MiniStack writes no logs of executions',
      'GetExecutionHistory returns every step',
    ),
    'AWS::StepFunctions::StateMachine.TracingConfiguration': withoutEffect(NO_TRACES, SEE_LOGS),
  },
};
