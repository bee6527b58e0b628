import type { TemplateResource } from './template.js';

/** Location and stack name of a resource. */
export interface Place {
  readonly stackName: string;
  readonly region: string;
  readonly account: string;
}

interface Kind {
  /** The property with the user's name of a resource. */
  readonly name?: string;
  /** Maximum length of names that CloudFormation generates. */
  readonly maxName: number;
  /** `SERVICE:RESOURCE` of the ARN; `ID` is replaced by the name, a leading `@` marks a service without regions. */
  readonly arn: string;
  readonly isRefArn?: boolean;
}

const kind = (arn: string, maxName: number, name?: string, isRefArn = false): Kind => ({
  arn,
  maxName,
  ...(name && { name }),
  isRefArn,
});

const KINDS: Readonly<Record<string, Kind>> = {
  'AWS::CloudFront::Distribution': kind('@cloudfront:distribution/EXXXXXXXXXXXXX', 0),
  'AWS::Cognito::UserPool': kind('cognito-idp:userpool/REGION_xxxxxxxxx', 0),
  'AWS::DynamoDB::GlobalTable': kind('dynamodb:table/ID', 255, 'TableName'),
  'AWS::DynamoDB::Table': kind('dynamodb:table/ID', 255, 'TableName'),
  'AWS::Events::EventBus': kind('events:event-bus/ID', 256, 'Name'),
  'AWS::Events::Rule': kind('events:rule/ID', 64, 'Name'),
  'AWS::IAM::ManagedPolicy': kind('@iam:policy/ID', 128, 'ManagedPolicyName', true),
  'AWS::IAM::Role': kind('@iam:role/ID', 64, 'RoleName'),
  'AWS::KMS::Key': kind('kms:key/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx', 0),
  'AWS::Kinesis::Stream': kind('kinesis:stream/ID', 128, 'Name'),
  'AWS::Lambda::Function': kind('lambda:function:ID', 64, 'FunctionName'),
  'AWS::Lambda::LayerVersion': kind('lambda:layer:ID:1', 64, 'LayerName', true),
  'AWS::Logs::LogGroup': kind('logs:log-group:ID:*', 512, 'LogGroupName'),
  'AWS::S3::Bucket': kind('@s3:ID', 63, 'BucketName'),
  'AWS::SNS::Topic': kind('sns:ID', 256, 'TopicName', true),
  'AWS::SQS::Queue': kind('sqs:ID', 80, 'QueueName'),
  'AWS::SSM::Parameter': kind('ssm:parameter/ID', 1011, 'Name'),
  'AWS::SecretsManager::Secret': kind('secretsmanager:secret:ID-xxxxxx', 512, 'Name', true),
  'AWS::StepFunctions::StateMachine': kind('states:stateMachine:ID', 80, 'StateMachineName', true),
};

/** Random suffix of generated names: twelve or thirteen characters. */
const RANDOM = 'XXXXXXXXXXXX';

/**
 * Returns the name in the template, or one of the length that CloudFormation generates.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
 */
export function nameOf(id: string, { Type, Properties }: TemplateResource, place: Place): string {
  const entry = KINDS[Type];
  const name = entry?.name === undefined ? undefined : Properties?.[entry.name];
  if (typeof name === 'string') return name;
  // Names of state machines do not include the stack's name.
  const stack = Type === 'AWS::StepFunctions::StateMachine' ? '' : `${place.stackName}-`;
  return `${stack}${id}-${RANDOM}`.slice(0, entry?.maxName || 255);
}

/** Returns the estimated `Ref` of a resource. */
export function refOf(id: string, resource: TemplateResource, place: Place): string {
  const name = nameOf(id, resource, place);
  if (KINDS[resource.Type]?.isRefArn) return arnOf(id, resource, place);
  if (resource.Type === 'AWS::SQS::Queue') {
    return `https://sqs.${place.region}.amazonaws.com/${place.account}/${name}`;
  }
  if (resource.Type === 'AWS::Lambda::Alias') return arnOf(id, resource, place);
  return resource.Type === 'AWS::Cognito::UserPool' ? `${place.region}_xxxxxxxxx` : name;
}

/** Returns the estimated `Fn::GetAtt` of a resource. */
export function attributeOf(id: string, resource: TemplateResource, attribute: string, place: Place): string {
  if (attribute === 'StreamArn') return `${arnOf(id, resource, place)}/stream/2026-01-01T00:00:00.000`;
  if (/Arn$/.test(attribute)) return arnOf(id, resource, place);
  return /Name$/.test(attribute) ? nameOf(id, resource, place) : refOf(id, resource, place);
}

function arnOf(id: string, resource: TemplateResource, place: Place): string {
  const { arn } = KINDS[resource.Type] ?? { arn: 'service:resource/ID' };
  const [service = '', ...rest] = arn.split(':');
  const isGlobal = service.startsWith('@');
  const isBucket = resource.Type === 'AWS::S3::Bucket';
  const region = isGlobal ? '' : place.region;
  const account = isBucket ? '' : place.account;
  const path = rest
    .join(':')
    .replace('ID', nameOf(id, resource, place))
    .replace('REGION', place.region);
  return `arn:aws:${service.replace('@', '')}:${region}:${account}:${path}`;
}
