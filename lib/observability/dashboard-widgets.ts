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

/** One curve for each resource of a stack, found by name when the dashboard is looked at. */
interface Graph {
  readonly title: string;
  readonly namespace: string;
  /** All dimensions that the metric has, and a resource's name is in. */
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

/** A dashboard is 24 columns wide; three graphs stand in a row. */
const WIDTH = 24;
const THIRD = WIDTH / 3;

/**
 * Widgets for the stacks of an app. They find resources by the stack's name, which CloudFormation puts in front of
 * theirs: a reference would be an export, which services that deploy alone must not have.
 */
export function dashboardWidgets(scope: IConstruct): IWidget[] {
  const stacks = scope.node
    .findAll()
    .filter((node) => Stack.isStack(node) && !node.nestedStackParent) as Stack[];
  const sections = stacks.flatMap((stack) => section(stack));
  return [alarmStatus(stacks), ...sections];
}

function section(stack: Stack): IWidget[] {
  if (Token.isUnresolved(stack.stackName)) return [];
  const types = new Set(
    stack.node.findAll().flatMap((node) => (CfnResource.isCfnResource(node) ? [node.cfnResourceType] : [])),
  );
  const graphs = Object.entries(GRAPHS)
    .filter(([type]) => types.has(type))
    .flatMap(([, list]) => list.map((graph) => widget(graph, stack)));
  if (graphs.length === 0) return [];
  const title = new TextWidget({ markdown: `# ${stack.stackName}`, width: WIDTH, height: 1 });
  const rows = Array.from(
    { length: Math.ceil(graphs.length / 3) },
    (_, at) => new Row(...graphs.slice(at * 3, at * 3 + 3)),
  );
  return [new Column(title, ...rows)];
}

function widget({ title, namespace, dimensions, metrics }: Graph, stack: Stack): IWidget {
  const search = ([name, statistic]: readonly [string, string]): IMetric =>
    new MathExpression({
      expression: `SEARCH('{${namespace},${dimensions}} MetricName="${name}" ${stack.stackName}', '${statistic}', 300)`,
      label: `${name} ${statistic}`,
      usingMetrics: {},
      period: Duration.minutes(5),
    });
  return new GraphWidget({ title, left: metrics.map(search), width: THIRD, height: 6 });
}

function alarmStatus(stacks: readonly Stack[]): IWidget {
  const alarms = stacks.flatMap((stack) =>
    stack.node
      .findAll()
      .filter((node): node is CfnAlarm => node instanceof CfnAlarm)
      .filter(({ alarmName }) => alarmName !== undefined && !Token.isUnresolved(alarmName))
      .map(({ alarmName }) => alarmArn(stack, alarmName as string)),
  );
  return new AlarmStatusWidget({
    title: 'Alarms',
    alarms: alarms.map((arn) => ({ alarmRef: { alarmArn: arn } }) as IAlarm),
    width: WIDTH,
    height: Math.max(2, Math.ceil(alarms.length / 4)),
  });
}

function alarmArn(stack: Stack, name: string): string {
  return stack.formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
