import { LIMITS } from './limits.js';
import { asText, maxOf, names, type Quota, resourcesOf, sizeOf, widgetsOf } from './quota.js';

const FEWER_STATEMENTS =
  'Combine principals or sources in one statement with a list of ARNs as condition, or use more queues.';

/**
 * Limits that are not in CloudFormation's schemas, so that a deployment would fail at them. Those that constructs keep
 * within, too, are in limits.ts.
 *
 * - https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 * - https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 * - https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
 * - https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
 */
export const QUOTAS: readonly Quota[] = [
  {
    name: 'bytes of environment variables',
    limit: LIMITS.lambda.environmentBytes,
    types: ['AWS::Lambda::Function'],
    amount: ({ Environment }) =>
      Environment &&
      Object.entries(Environment.Variables ?? {}).reduce(
        (sum, [name, value]) => sum + Buffer.byteLength(`${name}${value}`),
        0,
      ),
    remedy: 'Bind fewer resources to one function, or store large values in a parameter of Systems Manager.',
  },
  {
    name: 'layers',
    limit: LIMITS.lambda.layers,
    types: ['AWS::Lambda::Function'],
    amount: ({ Layers }) => Layers?.length,
    remedy: 'Combine several layers in one.',
  },
  {
    name: 'characters of a trust policy',
    limit: LIMITS.iam.trustPolicyCharacters,
    types: ['AWS::IAM::Role'],
    amount: ({ AssumeRolePolicyDocument }) => sizeOf(AssumeRolePolicyDocument),
    remedy: 'Let fewer principals assume the role, or request a higher quota (at most 4,096).',
    isAdjustable: true,
  },
  {
    name: 'characters of a managed policy',
    limit: LIMITS.iam.managedPolicyCharacters,
    types: ['AWS::IAM::ManagedPolicy'],
    amount: ({ PolicyDocument }) => sizeOf(PolicyDocument),
    remedy: 'Split the policy in two.',
  },
  {
    name: 'bytes of a state machine',
    limit: 1024 * 1024,
    types: ['AWS::StepFunctions::StateMachine'],
    amount: ({ DefinitionString, DefinitionSubstitutions = {} }) =>
      DefinitionString &&
      sizeOf(
        Object.entries(DefinitionSubstitutions).reduce(
          (text, [name, value]) => text.replaceAll(`\${${name}}`, String(value)),
          asText(DefinitionString),
        ),
      ),
    remedy: 'Move a part of it to a second state machine.',
  },
  {
    name: 'bytes of an OpenAPI body',
    limit: LIMITS.apiGateway.bodyBytes,
    types: ['AWS::ApiGateway::RestApi'],
    amount: ({ Body }) => sizeOf(Body),
    remedy: 'Split the contract.',
  },
  {
    name: 'resources of an API',
    limit: LIMITS.apiGateway.resources,
    types: ['AWS::ApiGateway::RestApi'],
    amount: ({ Body }) => Body && resourcesOf(Object.keys(Body.paths ?? {})),
    remedy: 'Split the contract, or request a higher quota.',
    isAdjustable: true,
  },
  {
    name: 'bytes of a queue policy',
    limit: 8192,
    types: ['AWS::SQS::QueuePolicy'],
    amount: ({ PolicyDocument }) => sizeOf(PolicyDocument),
    remedy: FEWER_STATEMENTS,
  },
  {
    name: 'statements of a queue policy',
    limit: 20,
    types: ['AWS::SQS::QueuePolicy'],
    amount: ({ PolicyDocument }) => PolicyDocument?.Statement?.length,
    remedy: FEWER_STATEMENTS,
  },
  {
    name: 'bytes of a topic policy',
    limit: 30_720,
    types: ['AWS::SNS::TopicPolicy'],
    amount: ({ PolicyDocument }) => sizeOf(PolicyDocument),
    remedy: 'Give several principals or sources one statement.',
  },
  {
    name: 'bytes of a bucket policy',
    limit: 20 * 1024,
    types: ['AWS::S3::BucketPolicy'],
    amount: ({ PolicyDocument }) => sizeOf(PolicyDocument),
    remedy: 'Combine principals in one statement, or use access points.',
  },
  {
    name: 'bytes of a key policy',
    limit: 32 * 1024,
    types: ['AWS::KMS::Key'],
    amount: ({ KeyPolicy }) => sizeOf(KeyPolicy),
    remedy: 'Combine principals in one statement, or use more keys.',
  },
  {
    name: 'characters of an event pattern',
    limit: 2048,
    types: ['AWS::Events::Rule'],
    amount: ({ EventPattern }) => sizeOf(EventPattern),
    remedy: 'Use two rules, or request a higher quota (at most 4,096).',
    isAdjustable: true,
  },
  {
    name: 'targets of a rule',
    limit: 5,
    types: ['AWS::Events::Rule'],
    amount: ({ Targets }) => Targets?.length,
    remedy: 'Use a second rule with the same pattern.',
  },
  {
    name: 'widgets of a dashboard',
    limit: LIMITS.dashboard.widgets,
    types: ['AWS::CloudWatch::Dashboard'],
    amount: ({ DashboardBody }) => widgetsOf(DashboardBody)?.length,
    remedy: 'Use a second dashboard.',
  },
  {
    name: 'alarms of one widget',
    limit: LIMITS.dashboard.alarmsOfWidget,
    types: ['AWS::CloudWatch::Dashboard'],
    amount: ({ DashboardBody }) =>
      maxOf(widgetsOf(DashboardBody)?.map(({ properties }) => properties?.alarms?.length)),
    remedy: 'Use several widgets.',
  },
  {
    name: 'widgets of alarms without an alarm',
    limit: 0,
    types: ['AWS::CloudWatch::Dashboard'],
    amount: ({ DashboardBody }) =>
      widgetsOf(DashboardBody)?.filter(
        ({ type, properties }) => type === 'alarm' && !properties?.alarms?.length,
      ).length,
    remedy: 'Remove the widget: CloudWatch rejects alarm widgets without alarms.',
  },
  {
    name: 'characters of a comment',
    limit: LIMITS.cloudFront.commentCharacters,
    types: ['AWS::CloudFront::Function', 'AWS::CloudFront::ResponseHeadersPolicy'],
    amount: ({ FunctionConfig, ResponseHeadersPolicyConfig }) =>
      sizeOf((FunctionConfig ?? ResponseHeadersPolicyConfig)?.Comment),
    remedy: 'Write a shorter comment.',
  },
  {
    name: 'characters of the description of an alarm',
    limit: LIMITS.alarm.descriptionCharacters,
    types: ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'],
    amount: ({ AlarmDescription }) => AlarmDescription?.length,
    remedy: 'Write a shorter description.',
  },
  {
    name: 'characters of a description',
    limit: LIMITS.lambda.descriptionCharacters,
    types: ['AWS::Lambda::Function', 'AWS::Lambda::Version', 'AWS::Lambda::LayerVersion'],
    amount: ({ Description }) => Description?.length,
    remedy: 'Write a shorter description.',
  },
  ...names('FunctionName', 64, 'AWS::Lambda::Function'),
  ...names('RoleName', 64, 'AWS::IAM::Role'),
  ...names('QueueName', 80, 'AWS::SQS::Queue'),
  ...names('TopicName', 256, 'AWS::SNS::Topic'),
  ...names('BucketName', 63, 'AWS::S3::Bucket'),
  ...names('StateMachineName', 80, 'AWS::StepFunctions::StateMachine'),
  ...names('LogGroupName', 512, 'AWS::Logs::LogGroup'),
  ...names(
    'AlarmName',
    LIMITS.alarm.nameCharacters,
    'AWS::CloudWatch::Alarm',
    'AWS::CloudWatch::CompositeAlarm',
  ),
  ...names('DashboardName', 255, 'AWS::CloudWatch::Dashboard'),
  ...names('TableName', 255, 'AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'),
];
