import type { TemplateResource } from './template.js';

export const REGION = 'us-east-1';
export const ACCOUNT = '111122223333';

const regional = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

/** The ARN of a resource of each type; `ID` stands for its name. */
const ARNS: Readonly<Record<string, string>> = {
  'AWS::CloudFront::Distribution': `arn:aws:cloudfront::${ACCOUNT}:distribution/ID`,
  'AWS::CodeBuild::Project': regional('codebuild', 'project/ID'),
  'AWS::CodePipeline::Pipeline': regional('codepipeline', 'ID'),
  'AWS::Cognito::UserPool': regional('cognito-idp', 'userpool/us-east-1_ID'),
  'AWS::DynamoDB::GlobalTable': regional('dynamodb', 'table/ID'),
  'AWS::DynamoDB::Table': regional('dynamodb', 'table/ID'),
  'AWS::Events::Archive': regional('events', 'archive/ID'),
  'AWS::Events::EventBus': regional('events', 'event-bus/ID'),
  'AWS::Events::Rule': regional('events', 'rule/ID'),
  'AWS::IAM::ManagedPolicy': `arn:aws:iam::${ACCOUNT}:policy/ID`,
  'AWS::IAM::OIDCProvider': `arn:aws:iam::${ACCOUNT}:oidc-provider/ID`,
  'AWS::IAM::Role': `arn:aws:iam::${ACCOUNT}:role/ID`,
  'AWS::KMS::Key': regional('kms', 'key/ID'),
  'AWS::Kinesis::Stream': regional('kinesis', 'stream/ID'),
  'AWS::Lambda::Alias': regional('lambda', 'function:ID:live'),
  'AWS::Lambda::Function': regional('lambda', 'function:ID'),
  'AWS::Lambda::LayerVersion': regional('lambda', 'layer:ID:1'),
  'AWS::Lambda::Version': regional('lambda', 'function:ID:1'),
  // As CloudFormation gives it: with the streams of the group.
  'AWS::Logs::LogGroup': regional('logs', 'log-group:ID:*'),
  'AWS::S3::Bucket': 'arn:aws:s3:::ID',
  'AWS::SNS::Topic': regional('sns', 'ID'),
  'AWS::SQS::Queue': regional('sqs', 'ID'),
  'AWS::SSM::Parameter': regional('ssm', 'parameter/ID'),
  'AWS::SecretsManager::Secret': regional('secretsmanager', 'secret:ID-AbCdEf'),
  'AWS::StepFunctions::StateMachine': regional('states', 'stateMachine:ID'),
};

/** Types whose `Ref` is the ARN. */
const REF_IS_ARN: readonly string[] = [
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::OIDCProvider',
  'AWS::Lambda::Alias',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Version',
  'AWS::SNS::Topic',
  'AWS::SecretsManager::Secret',
  'AWS::StepFunctions::StateMachine',
];

/** Returns the value of `Ref` of a resource. */
export function refOf(id: string, { Type, Properties }: TemplateResource): string {
  if (Type === 'AWS::SSM::Parameter') return String(Properties?.Name ?? id);
  return REF_IS_ARN.includes(Type) ? arnOf(id, Type) : id;
}

/** Returns the value of `Fn::GetAtt` of a resource; for an ARN that is not in the table, a text that matches no format. */
export function attributeOf(id: string, { Type }: TemplateResource, attribute: string): string {
  if (attribute === 'StreamArn') return `${arnOf(id, Type)}/stream/2026-01-01T00:00:00.000`;
  return attribute.endsWith('Arn') ? arnOf(id, Type) : `${id}.${attribute}`;
}

function arnOf(id: string, type: string): string {
  return ARNS[type]?.replace('ID', id) ?? `(the ARN of ${type}, which test/templates/iam/arns.ts lacks)`;
}
