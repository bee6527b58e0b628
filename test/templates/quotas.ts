import { Resolver } from './iam/resolved.js';
import { placeOf, type TemplateResource, type Templates } from './iam/template.js';

/** How much of a quota something takes. */
export interface Use {
  readonly what: string;
  readonly amount: number;
  readonly limit: number;
  /** The stack, or the path of the construct. */
  readonly at: string;
}

type Properties = Readonly<Record<string, any>>;

interface Quota {
  readonly what: string;
  readonly limit: number;
  readonly types: readonly string[];
  /** Given what CloudFormation would have filled in. Undefined where the resource has nothing of it. */
  readonly amount: (properties: Properties) => number | undefined;
}

/** IAM does not count the white space of policies. */
const size = (value: unknown) => (value === undefined ? undefined : Buffer.byteLength(asText(value)));
const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const RESOURCES = 500;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const INLINE_POLICIES = 10_240;

/**
 * Quotas that cfn-lint does not check, or only where a template has no functions of CloudFormation.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
 */
const QUOTAS: readonly Quota[] = [
  {
    what: 'bytes of environment variables',
    limit: 4096,
    types: ['AWS::Lambda::Function'],
    amount: ({ Environment }) =>
      Environment &&
      Object.entries(Environment.Variables ?? {})
        .flat()
        .join('').length,
  },
  {
    what: 'layers',
    limit: 5,
    types: ['AWS::Lambda::Function'],
    amount: ({ Layers }) => Layers?.length,
  },
  {
    what: 'characters of a trust policy',
    limit: 2048,
    types: ['AWS::IAM::Role'],
    amount: ({ AssumeRolePolicyDocument }) => size(AssumeRolePolicyDocument),
  },
  {
    what: 'characters of a managed policy',
    limit: 6144,
    types: ['AWS::IAM::ManagedPolicy'],
    amount: ({ PolicyDocument }) => size(PolicyDocument),
  },
  {
    what: 'bytes of a state machine',
    limit: 1024 * 1024,
    types: ['AWS::StepFunctions::StateMachine'],
    amount: ({ DefinitionString, DefinitionSubstitutions = {} }) =>
      DefinitionString &&
      size(
        Object.entries(DefinitionSubstitutions).reduce(
          (text, [name, value]) => text.replaceAll(`\${${name}}`, String(value)),
          asText(DefinitionString),
        ),
      ),
  },
  {
    what: 'bytes of an OpenAPI body',
    limit: 6 * 1024 * 1024,
    types: ['AWS::ApiGateway::RestApi'],
    amount: ({ Body }) => size(Body),
  },
  {
    what: 'resources of an API',
    limit: 300,
    types: ['AWS::ApiGateway::RestApi'],
    amount: ({ Body }) => Body && nodesOf(Object.keys(Body.paths ?? {})),
  },
  {
    what: 'bytes of a queue policy',
    limit: 8192,
    types: ['AWS::SQS::QueuePolicy'],
    amount: ({ PolicyDocument }) => size(PolicyDocument),
  },
  {
    what: 'bytes of a bucket policy',
    limit: 20 * 1024,
    types: ['AWS::S3::BucketPolicy'],
    amount: ({ PolicyDocument }) => size(PolicyDocument),
  },
  {
    what: 'characters of an event pattern',
    limit: 2048,
    types: ['AWS::Events::Rule'],
    amount: ({ EventPattern }) => size(EventPattern),
  },
  {
    what: 'targets of a rule',
    limit: 5,
    types: ['AWS::Events::Rule'],
    amount: ({ Targets }) => Targets?.length,
  },
  ...names('FunctionName', 64, 'AWS::Lambda::Function'),
  ...names('RoleName', 64, 'AWS::IAM::Role'),
  ...names('QueueName', 80, 'AWS::SQS::Queue'),
  ...names('TopicName', 256, 'AWS::SNS::Topic'),
  ...names('BucketName', 63, 'AWS::S3::Bucket'),
  ...names('StateMachineName', 80, 'AWS::StepFunctions::StateMachine'),
  ...names('LogGroupName', 512, 'AWS::Logs::LogGroup'),
  ...names('TableName', 255, 'AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'),
];

function names(property: string, limit: number, ...types: string[]): Quota[] {
  return [{ what: `characters of a ${property}`, limit, types, amount: (given) => size(given[property]) }];
}

/** Each part of a path is a resource, and so is the root. */
function nodesOf(paths: readonly string[]): number {
  const nodes = paths.flatMap((path) => {
    const parts = path.split('/').filter((part) => part !== '');
    return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
  });
  return new Set(nodes).size + 1;
}

/** What an app takes of each quota, wherever it takes something. */
export function usesOf(templates: Templates): Use[] {
  const resolver = new Resolver(templates);
  return Object.entries(templates).flatMap(([stack, { Resources }]) => {
    const resources = Object.entries(Resources).map(([id, resource]) => ({
      id,
      resource,
      properties: resolver.resolved(resource.Properties ?? {}, stack) as Properties,
      at: placeOf(stack, id, resource),
    }));
    return [
      { what: 'resources', amount: resources.length, limit: RESOURCES, at: stack },
      ...inlinePolicies(resources),
      ...resources.flatMap(({ resource, properties, at }) =>
        QUOTAS.filter(({ types }) => types.includes(resource.Type)).flatMap(({ what, limit, amount }) => {
          const used = amount(properties);
          return used === undefined ? [] : [{ what, amount: used, limit, at }];
        }),
      ),
    ];
  });
}

/** Those in a role itself, and those that are attached to it. */
function inlinePolicies(
  resources: readonly { id: string; resource: TemplateResource; properties: Properties; at: string }[],
): Use[] {
  return resources
    .filter(({ resource }) => resource.Type === 'AWS::IAM::Role')
    .map(({ id, properties, at }) => {
      const attached = resources.filter(
        ({ resource, properties }) =>
          resource.Type === 'AWS::IAM::Policy' && (properties.Roles ?? []).includes(id),
      );
      const policies = [...(properties.Policies ?? []), ...attached.map(({ properties }) => properties)];
      const amount = policies.reduce((sum, { PolicyDocument }) => sum + (size(PolicyDocument) ?? 0), 0);
      return { what: 'characters of inline policies', amount, limit: INLINE_POLICIES, at };
    });
}

/** The uses that are over their limit. */
export const beyond = (uses: readonly Use[]) => uses.filter(({ amount, limit }) => amount > limit);

/** Of each quota the use that is nearest to its limit. */
export function nearest(uses: readonly Use[]): Use[] {
  const most = new Map<string, Use>();
  for (const use of uses) {
    if (use.amount > (most.get(use.what)?.amount ?? -1)) most.set(use.what, use);
  }
  return [...most.values()];
}

/** As in `94 of 500 resources (StorefrontOrders)`. */
export const describedUse = ({ what, amount, limit, at }: Use) =>
  `${amount.toLocaleString('en')} of ${limit.toLocaleString('en')} ${what} (${at})`;
