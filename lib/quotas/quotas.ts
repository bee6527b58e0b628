/** Limit of a service, and how much of it a resource uses. */
export interface Quota {
  readonly what: string;
  readonly limit: number;
  readonly types: readonly string[];
  /** Returns the amount that a resource uses, with intrinsic functions resolved; undefined if it uses none. */
  readonly amount: (properties: Properties) => number | undefined;
  readonly remedy: string;
  /** Marks a limit that AWS raises on request, so that exceeding it is not an error. @default false */
  readonly isAdjustable?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: properties of templates have no types.
export type Properties = Readonly<Record<string, any>>;

/** Returns the size of a value as JSON. IAM does not count the white space of policies. */
export function sizeOf(value: unknown): number | undefined {
  return value === undefined ? undefined : Buffer.byteLength(asText(value));
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const SHORTER = 'Choose a shorter name, or leave it to CloudFormation.';
const FEWER_STATEMENTS =
  'Give several principals or sources one statement, with a list of ARNs as condition, or use further queues.';

/**
 * Limits missing from CloudFormation's schemas, so that without a check a deployment fails at them.
 *
 * - https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 * - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * - https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 * - https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 * - https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 * - https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
 * - https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
 * - https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 * - https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicyConfig.html
 */
export const QUOTAS: readonly Quota[] = [
  {
    what: 'bytes of environment variables',
    limit: 4096,
    types: ['AWS::Lambda::Function'],
    amount: ({ Environment }) =>
      Environment &&
      Object.entries(Environment.Variables ?? {}).reduce(
        (sum, [name, value]) => sum + Buffer.byteLength(`${name}${value}`),
        0,
      ),
    remedy: 'Bind fewer resources to one function, or keep large values in a parameter of Systems Manager.',
  },
  {
    what: 'layers',
    limit: 5,
    types: ['AWS::Lambda::Function'],
    amount: ({ Layers }) => Layers?.length,
    remedy: 'Put what several layers have into one.',
  },
  {
    what: 'characters of a trust policy',
    limit: 2048,
    types: ['AWS::IAM::Role'],
    amount: ({ AssumeRolePolicyDocument }) => sizeOf(AssumeRolePolicyDocument),
    remedy: 'Let fewer principals assume the role, or have the quota raised (to 4,096 at most).',
    isAdjustable: true,
  },
  {
    what: 'characters of a managed policy',
    limit: 6144,
    types: ['AWS::IAM::ManagedPolicy'],
    amount: ({ PolicyDocument }) => sizeOf(PolicyDocument),
    remedy: 'Split the policy in two.',
  },
  {
    what: 'bytes of a state machine',
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
    remedy: 'Start a second state machine for a part of it.',
  },
  {
    what: 'bytes of an OpenAPI body',
    limit: 6 * 1024 * 1024,
    types: ['AWS::ApiGateway::RestApi'],
    amount: ({ Body }) => sizeOf(Body),
    remedy: 'Split the contract.',
  },
  {
    what: 'resources of an API',
    limit: 300,
    types: ['AWS::ApiGateway::RestApi'],
    amount: ({ Body }) => Body && resourcesOf(Object.keys(Body.paths ?? {})),
    remedy: 'Split the contract, or have the quota raised.',
    isAdjustable: true,
  },
  {
    what: 'bytes of a queue policy',
    limit: 8192,
    types: ['AWS::SQS::QueuePolicy'],
    amount: ({ PolicyDocument }) => sizeOf(PolicyDocument),
    remedy: FEWER_STATEMENTS,
  },
  {
    what: 'statements of a queue policy',
    limit: 20,
    types: ['AWS::SQS::QueuePolicy'],
    amount: ({ PolicyDocument }) => PolicyDocument?.Statement?.length,
    remedy: FEWER_STATEMENTS,
  },
  {
    what: 'bytes of a topic policy',
    limit: 30_720,
    types: ['AWS::SNS::TopicPolicy'],
    amount: ({ PolicyDocument }) => sizeOf(PolicyDocument),
    remedy: 'Give several principals or sources one statement.',
  },
  {
    what: 'bytes of a bucket policy',
    limit: 20 * 1024,
    types: ['AWS::S3::BucketPolicy'],
    amount: ({ PolicyDocument }) => sizeOf(PolicyDocument),
    remedy: 'Give several principals one statement, or use access points.',
  },
  {
    what: 'bytes of a key policy',
    limit: 32 * 1024,
    types: ['AWS::KMS::Key'],
    amount: ({ KeyPolicy }) => sizeOf(KeyPolicy),
    remedy: 'Give several principals one statement, or use further keys.',
  },
  {
    what: 'characters of an event pattern',
    limit: 2048,
    types: ['AWS::Events::Rule'],
    amount: ({ EventPattern }) => sizeOf(EventPattern),
    remedy: 'Use two rules, or have the quota raised (to 4,096 at most).',
    isAdjustable: true,
  },
  {
    what: 'targets of a rule',
    limit: 5,
    types: ['AWS::Events::Rule'],
    amount: ({ Targets }) => Targets?.length,
    remedy: 'Use a second rule with the same pattern.',
  },
  {
    what: 'widgets of a dashboard',
    limit: 500,
    types: ['AWS::CloudWatch::Dashboard'],
    amount: ({ DashboardBody }) => widgetsOf(DashboardBody)?.length,
    remedy: 'Use a second dashboard.',
  },
  {
    what: 'alarms of one widget',
    limit: 100,
    types: ['AWS::CloudWatch::Dashboard'],
    amount: ({ DashboardBody }) =>
      maxOf(widgetsOf(DashboardBody)?.map(({ properties }) => properties?.alarms?.length)),
    remedy: 'Use several widgets.',
  },
  {
    what: 'widgets of alarms without an alarm',
    limit: 0,
    types: ['AWS::CloudWatch::Dashboard'],
    amount: ({ DashboardBody }) =>
      widgetsOf(DashboardBody)?.filter(
        ({ type, properties }) => type === 'alarm' && !properties?.alarms?.length,
      ).length,
    remedy: 'Leave the widget out: CloudWatch takes none without alarms.',
  },
  {
    what: 'characters of a comment',
    limit: 128,
    types: ['AWS::CloudFront::Function', 'AWS::CloudFront::ResponseHeadersPolicy'],
    amount: ({ FunctionConfig, ResponseHeadersPolicyConfig }) =>
      sizeOf((FunctionConfig ?? ResponseHeadersPolicyConfig)?.Comment),
    remedy: 'Write a shorter comment.',
  },
  {
    what: 'characters of the description of an alarm',
    limit: 1024,
    types: ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'],
    amount: ({ AlarmDescription }) => AlarmDescription?.length,
    remedy: 'Write a shorter description.',
  },
  {
    what: 'characters of a description',
    limit: 256,
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
  ...names('AlarmName', 255, 'AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'),
  ...names('DashboardName', 255, 'AWS::CloudWatch::Dashboard'),
  ...names('TableName', 255, 'AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'),
];

function names(property: string, limit: number, ...types: string[]): Quota[] {
  return [
    {
      what: `characters of a ${property}`,
      limit,
      types,
      amount: (given) => sizeOf(given[property]),
      remedy: SHORTER,
    },
  ];
}

interface Widget {
  readonly type?: string;
  readonly properties?: { readonly alarms?: readonly unknown[] };
}

function widgetsOf(body: unknown): readonly Widget[] | undefined {
  try {
    return JSON.parse(String(body)).widgets;
  } catch {
    return undefined;
  }
}

function maxOf(values: readonly (number | undefined)[] | undefined): number | undefined {
  return values && Math.max(0, ...values.map((value) => value ?? 0));
}

/** Returns the number of resources: each path segment is one, and so is the root. */
function resourcesOf(paths: readonly string[]): number {
  const nodes = paths.flatMap((path) => {
    const parts = path.split('/').filter((part) => part !== '');
    return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
  });
  return new Set(nodes).size + 1;
}
