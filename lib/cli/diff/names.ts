import type { Rejection } from './rejection.js';
import { pathOf, type Resource, type SynthesizedStack, type Template } from './templates.js';

/** Properties whose value must be unique in the account and region. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::CloudFront::CachePolicy': 'CachePolicyConfig.Name',
  'AWS::CloudFront::Function': 'Name',
  'AWS::CloudFront::OriginRequestPolicy': 'OriginRequestPolicyConfig.Name',
  'AWS::CloudFront::ResponseHeadersPolicy': 'ResponseHeadersPolicyConfig.Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::Cognito::UserPoolDomain': 'Domain',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::ECR::Repository': 'RepositoryName',
  'AWS::Events::Archive': 'ArchiveName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::Kinesis::Stream': 'Name',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SSM::Parameter': 'Name',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::Scheduler::ScheduleGroup': 'Name',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::StepFunctions::Activity': 'Name',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
};

/** Properties that narrow the scope of uniqueness. */
const NAME_SCOPES: Readonly<Record<string, string>> = {
  'AWS::Events::Rule': 'EventBusName',
  'AWS::Scheduler::Schedule': 'GroupName',
};

interface NamedResource {
  readonly stack: string;
  readonly id: string;
  readonly resource: Resource;
  readonly name: string;
}

/**
 * Returns the resources whose fixed name still belongs to another resource when they are created. CloudFormation
 * creates before it deletes, and the CDK deploys the stacks of an app in order.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
 */
export function takenNames(
  stacks: readonly SynthesizedStack[],
  deployed: ReadonlyMap<string, Template>,
): Rejection[] {
  const order = new Map(stacks.map(({ name, region }, index) => [name, { index, region }]));
  const owners = new Map<string, NamedResource>();
  for (const [stack, template] of deployed)
    for (const named of namesIn(stack, template)) owners.set(keyOf(named, order.get(stack)?.region), named);

  return stacks.flatMap(({ name: stack, region, template }) =>
    namesIn(stack, template).flatMap((named) => {
      const owner = owners.get(keyOf(named, region)) ?? owners.get(keyOf(named, undefined));
      if (!owner || (owner.stack === stack && owner.id === named.id)) return [];
      // A stack that is deployed earlier has released the name.
      const before = order.get(owner.stack);
      if (before !== undefined && before.index < (order.get(stack)?.index ?? 0)) return [];
      const path = pathOf(stack, named.id, named.resource);
      const reason = `its name ${named.name} belongs to ${pathOf(owner.stack, owner.id, owner.resource)}, which CloudFormation deletes only after it has created this resource ("already exists"). Use another name, or delete the former resource in an earlier deployment.`;
      return [{ path, type: named.resource.Type, reason }];
    }),
  );
}

/** Returns the unique name of a resource if it is fixed: a string in the template. */
export function fixedName({ Type, Properties }: Resource): string | undefined {
  const path = NAMES[Type]?.split('.') ?? [];
  const name = path.reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    Properties,
  );
  return path.length > 0 && typeof name === 'string' ? name : undefined;
}

function namesIn(stack: string, { Resources = {} }: Template): NamedResource[] {
  return Object.entries(Resources).flatMap(([id, resource]) => {
    const name = fixedName(resource);
    return name === undefined ? [] : [{ stack, id, resource, name }];
  });
}

function keyOf({ name, resource: { Type, Properties } }: NamedResource, region: string | undefined): string {
  const scope = NAME_SCOPES[Type];
  return JSON.stringify([Type, name, scope && Properties?.[scope], region]);
}
