import {
  AlarmStatusWidget,
  CfnAlarm,
  Column,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  MathExpression,
  Row,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { ArnFormat, CfnResource, Duration, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** Graph with a curve for each resource of a stack, found by name when the dashboard is displayed. */
interface Graph {
  readonly title: string;
  readonly namespace: string;
  /** Dimensions of the metric; one of them is the resource's name. */
  readonly dimensions: string;
  readonly metrics: readonly (readonly [name: string, statistic: string])[];
}

const GRAPHS: Readonly<Record<string, readonly Graph[]>> = {
  'AWS::ApiGateway::RestApi': [
    {
      title: 'Requests and errors',
      namespace: 'AWS/ApiGateway',
      dimensions: 'ApiName,Stage',
      metrics: [
        ['Count', 'Sum'],
        ['4XXError', 'Sum'],
        ['5XXError', 'Sum'],
      ],
    },
    {
      title: 'Latency',
      namespace: 'AWS/ApiGateway',
      dimensions: 'ApiName,Stage',
      metrics: [
        ['Latency', 'p50'],
        ['Latency', 'p99'],
      ],
    },
  ],
  'AWS::Lambda::Function': [
    {
      title: 'Functions: errors and throttles',
      namespace: 'AWS/Lambda',
      dimensions: 'FunctionName',
      metrics: [
        ['Errors', 'Sum'],
        ['Throttles', 'Sum'],
      ],
    },
    {
      title: 'Functions: duration',
      namespace: 'AWS/Lambda',
      dimensions: 'FunctionName',
      metrics: [['Duration', 'p99']],
    },
  ],
  'AWS::SQS::Queue': [
    {
      title: 'Queues: messages and their age',
      namespace: 'AWS/SQS',
      dimensions: 'QueueName',
      metrics: [
        ['ApproximateNumberOfMessagesVisible', 'Maximum'],
        ['ApproximateAgeOfOldestMessage', 'Maximum'],
      ],
    },
  ],
  'AWS::StepFunctions::StateMachine': [
    {
      title: 'Workflows',
      namespace: 'AWS/States',
      dimensions: 'StateMachineArn',
      metrics: [
        ['ExecutionsSucceeded', 'Sum'],
        ['ExecutionsFailed', 'Sum'],
        ['ExecutionsAborted', 'Sum'],
      ],
    },
  ],
  'AWS::DynamoDB::GlobalTable': [
    {
      title: 'Tables: throttled requests',
      namespace: 'AWS/DynamoDB',
      dimensions: 'TableName,Operation',
      metrics: [['ThrottledRequests', 'Sum']],
    },
  ],
};

/** Columns of a dashboard; three graphs make a row. */
const WIDTH = 24;
const THIRD = WIDTH / 3;

/**
 * Creates the widgets for the stacks of an app. They find resources by the stack's name, with which CloudFormation
 * prefixes theirs: a reference would be an export, and exports couple services that deploy on their own.
 *
 * @param own the stack of the dashboard, whose alarms need no name
 */
export function dashboardWidgets(scope: IConstruct, own: Stack): IWidget[] {
  const stacks = scope.node
    .findAll()
    .filter((node) => Stack.isStack(node) && !node.nestedStackParent) as Stack[];
  const sections = stacks.flatMap((stack) => section(stack));
  return [...alarmStatus(stacks, own), ...sections];
}

function section(stack: Stack): IWidget[] {
  if (Token.isUnresolved(stack.stackName)) return [];
  const types = new Set(
    stack.node.findAll().flatMap((node) => (CfnResource.isCfnResource(node) ? [node.cfnResourceType] : [])),
  );
  const graphs = Object.entries(GRAPHS)
    .filter(([type]) => types.has(type))
    .flatMap(([type, list]) => list.map((graph) => widget(graph, stack, termsOf(type, stack))));
  if (graphs.length === 0) return [];
  const title = new TextWidget({ markdown: `# ${stack.stackName}`, width: WIDTH, height: 1 });
  const rows = Array.from(
    { length: Math.ceil(graphs.length / 3) },
    (_, index) => new Row(...graphs.slice(index * 3, index * 3 + 3)),
  );
  return [new Column(title, ...rows)];
}

/**
 * Returns the search terms for the resources of a type: the stack's name, or the logical ids of state machines, whose
 * names lack it, and the physical names set by the app.
 */
function termsOf(type: string, stack: Stack): string {
  const resources = stack.node
    .findAll()
    .filter((node): node is CfnResource => CfnResource.isCfnResource(node) && node.cfnResourceType === type);
  const property = NAMES[type];
  // CDK sets a reference where the app sets no name.
  const ownNames: unknown[] = resources.map(
    (node) => property && stack.resolve((node as unknown as Record<string, unknown>)[property]),
  );
  const names = ownNames.filter((name) => typeof name === 'string');
  const generated = resources.filter((_, index) => typeof ownNames[index] !== 'string');
  const generatedTerms =
    type === 'AWS::StepFunctions::StateMachine'
      ? generated.map((node) => String(stack.resolve(node.logicalId)))
      : generated.slice(0, 1).map(() => stack.stackName);
  const terms = [...new Set([...generatedTerms, ...names])];
  return terms.length === 1 ? terms[0]! : `(${terms.join(' OR ')})`;
}

/** Property with the physical name, by resource type. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::GlobalTable': 'tableName',
  'AWS::Lambda::Function': 'functionName',
  'AWS::SQS::Queue': 'queueName',
  'AWS::StepFunctions::StateMachine': 'stateMachineName',
};

function widget({ title, namespace, dimensions, metrics }: Graph, stack: Stack, terms: string): IWidget {
  const search = ([name, statistic]: readonly [string, string]): IMetric =>
    new MathExpression({
      expression: `SEARCH('{${namespace},${dimensions}} MetricName="${name}" ${terms}', '${statistic}', 300)`,
      label: `${name} ${statistic}`,
      usingMetrics: {},
      period: Duration.minutes(5),
    });
  const region = Token.isUnresolved(stack.region) ? undefined : stack.region;
  return new GraphWidget({
    title,
    left: metrics.map(search),
    width: THIRD,
    height: 6,
    ...(region && { region }),
  });
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const MAX_ALARMS = 100;

/** Creates the status widgets; CloudWatch accepts 1 to 100 alarms for each. */
function alarmStatus(stacks: readonly Stack[], own: Stack): IWidget[] {
  const alarms = stacks.flatMap((stack) =>
    stack.node
      .findAll()
      .filter((node): node is CfnAlarm => node instanceof CfnAlarm)
      .flatMap((alarm) => arnOfAlarm(stack, alarm) ?? (alarm.stack === own ? alarm.attrArn : [])),
  );
  return Array.from({ length: Math.ceil(alarms.length / MAX_ALARMS) }, (_, at) => {
    const part = alarms.slice(at * MAX_ALARMS, (at + 1) * MAX_ALARMS);
    return new AlarmStatusWidget({
      title: at === 0 ? 'Alarms' : `Alarms (${at + 1})`,
      alarms: part.map((arn) => ({ alarmRef: { alarmArn: arn } }) as IAlarm),
      width: WIDTH,
      height: Math.max(2, Math.ceil(part.length / 4)),
    });
  });
}

/** Returns the ARN of an alarm with a name; without one, as for CDK's own, it is known in its stack only. */
function arnOfAlarm(stack: Stack, { alarmName }: CfnAlarm): string | undefined {
  return alarmName === undefined || Token.isUnresolved(alarmName) ? undefined : alarmArn(stack, alarmName);
}

function alarmArn(stack: Stack, name: string): string {
  return stack.formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
