import {
  Column,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  Row,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { CfnResource, Duration, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { alarmStatus } from './alarm-status.js';

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
  const sections = stacks.flatMap((stack) => section(stack, own));
  return [...alarmStatus(stacks, own), ...sections];
}

function section(stack: Stack, own: Stack): IWidget[] {
  if (Token.isUnresolved(stack.stackName)) return [];
  const types = new Set(
    stack.node.findAll().flatMap((node) => (CfnResource.isCfnResource(node) ? [node.cfnResourceType] : [])),
  );
  const graphs = Object.entries(GRAPHS)
    .filter(([type]) => types.has(type))
    .flatMap(([type, list]) => list.map((graph) => widget(graph, stack, termsOf(type, stack), own)));
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

function widget(
  { title, namespace, dimensions, metrics }: Graph,
  stack: Stack,
  terms: string,
  own: Stack,
): IWidget {
  const isOfAnotherAccount = !Token.isUnresolved(stack.account) && stack.account !== own.account;
  const search = ([name, statistic]: readonly [string, string]): IMetric =>
    new MathExpression({
      expression: `SEARCH('{${namespace},${dimensions}} MetricName="${name}" ${terms}', '${statistic}', 300)`,
      label: `${name} ${statistic}`,
      usingMetrics: {},
      period: Duration.minutes(5),
      ...(isOfAnotherAccount && { searchAccount: stack.account }),
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
