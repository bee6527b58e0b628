import type { Stack } from 'aws-cdk-lib/core';
import { fieldLines, propertiesLine } from './short-form.js';
import { stableTemplate } from './template.js';
import {
  alarmText,
  operationLines,
  type Properties,
  permissionLines,
  picked,
  workflowLines,
} from './template-lines.js';

interface Resource {
  readonly Type: string;
  readonly Properties?: Properties;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}
type Entry = readonly [id: string, resource: Resource];

/** Types that hold data, messages, settings or addresses: a changed logical id loses them. */
const STATEFUL = new RegExp(
  `^AWS::(${[
    'DynamoDB::\\w*Table',
    'S3::Bucket',
    'SQS::Queue',
    'SNS::Topic',
    'Cognito::UserPool(Client|Group)?',
    'Events::(EventBus|Archive)',
    'SecretsManager::Secret',
    'KMS::Key',
    'Kinesis::Stream',
    'SSM::Parameter',
    'ApiGateway::RestApi',
    'CloudFront::Distribution',
  ].join('|')})$`,
);

/** Properties of stateful resources that are texts and code, or that another section of the record has. */
const LEFT_OUT = /^(Body|Content|Description|\w*Message\w*Template|\w+Message|\w+VerificationSubject)$/;

const LIMITS = [
  'Runtime',
  'PackageType',
  'Architectures',
  'MemorySize',
  'Timeout',
  'ReservedConcurrentExecutions',
  'EphemeralStorage',
  'TracingConfig',
  'VpcConfig',
  'DeadLetterConfig',
];

const DELIVERY = [
  'State',
  'Enabled',
  'ScheduleExpression',
  'ScheduleExpressionTimezone',
  'EventSourceArn',
  'EventPattern',
  'FilterCriteria',
  'FunctionName',
  'BatchSize',
  'BisectBatchOnFunctionError',
  'FunctionResponseTypes',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'MaximumEventAgeInSeconds',
  'DestinationConfig',
  'Targets',
  'Target',
];
const SOURCES =
  /EventSourceMapping$|Events::Rule$|Scheduler::Schedule$|EventInvokeConfig$|SNS::Subscription$/;

/**
 * The record of a stack for review: counts of resources by type, all settings of what holds state, with logical ids,
 * and of the rest what a reviewer must not miss: limits, permissions, operations, deliveries, alarms.
 */
export function templateRecord(stack: Stack): string {
  const template = stableTemplate(stack) as { Resources: Record<string, Resource> } & Properties;
  const parameters = template.Parameters;
  const entries = Object.entries(template.Resources).sort(([a], [b]) => (a < b ? -1 : 1));
  const of = <T>(type: RegExp, toLines: (id: string, properties: Properties) => T) =>
    entries
      .filter(([, { Type }]) => type.test(Type))
      .map(([id, { Properties = {} }]) => toLines(id, Properties));
  const line = (id: string, value: object) => `${id}: ${propertiesLine(value, parameters)}`;

  const sections: Record<string, string[]> = {
    resources: counted(entries.map(([, { Type }]) => Type)),
    state: entries.filter(isStateful).flatMap((entry) => stateLines(entry, parameters)),
    'log groups': counted(
      entries
        .filter((entry) => entry[1].Type === 'AWS::Logs::LogGroup' && !isStateful(entry))
        .map(([, group]) => `${propertiesLine(group.Properties ?? {}, parameters)}${policyOf(group)}`),
    ),
    functions: of(/Lambda::Function$/, (id, properties) =>
      line(id, {
        ...picked(properties, LIMITS),
        variables: Object.keys(properties.Environment?.Variables ?? {}),
      }),
    ),
    operations: of(/RestApi$/, (_, { Body }) => operationLines(Body)).flat(),
    stages: of(/ApiGateway::Stage$/, (id, properties) =>
      fieldLines(
        id,
        picked(properties, ['TracingEnabled', 'CacheClusterEnabled', 'CacheClusterSize', 'MethodSettings']),
        parameters,
      ),
    ).flat(),
    workflows: of(/StateMachine$/, workflowLines).flat(),
    deliveries: of(SOURCES, (id, properties) => line(id, delivery(properties))),
    alarms: of(/CloudWatch::Alarm$/, (id, properties) => `${id}: ${alarmText(properties)}`),
    permissions: of(/IAM::|Policy$/, (id, properties) => permissionLines(id, properties, parameters)).flat(),
    invocations: of(/Lambda::Permission$/, (id, properties) =>
      line(id, picked(properties, ['Principal', 'FunctionName', 'SourceArn', 'SourceAccount'])),
    ),
  };
  return Object.entries(sections)
    .filter(([, lines]) => lines.length > 0)
    .map(([heading, lines]) => [heading, ...lines.map((text) => `  ${text}`)].join('\n'))
    .join('\n');
}

/** A delivery without the texts that it makes of an event. */
function delivery(properties: Properties): Properties {
  const { Targets, ...rest } = picked(properties, DELIVERY);
  const withoutText = ({ InputTransformer, ...target }: Properties) => target;
  return { ...rest, ...(Targets && { Targets: Targets.map(withoutText) }) };
}

function isStateful([, { Type, DeletionPolicy, UpdateReplacePolicy }]: Entry): boolean {
  const isRetained = [DeletionPolicy, UpdateReplacePolicy].some((policy) => policy?.startsWith('Retain'));
  return STATEFUL.test(Type) || isRetained;
}

function policyOf({ DeletionPolicy: deleted, UpdateReplacePolicy: replaced }: Resource): string {
  if (deleted === undefined && replaced === undefined) return '';
  return deleted === replaced
    ? ` (${deleted})`
    : ` (${deleted ?? 'Delete'}, when replaced ${replaced ?? 'Delete'})`;
}

function stateLines([id, resource]: Entry, parameters: Properties): string[] {
  const properties = Object.entries(resource.Properties ?? {}).filter(([name]) => !LEFT_OUT.test(name));
  const lines = properties.flatMap(([name, value]) => fieldLines(name, value, parameters));
  return [`${id} ${resource.Type}${policyOf(resource)}`, ...lines.map((text) => `  ${text}`)];
}

function counted(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of [...texts].sort()) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => `${count} ${text}`);
}
