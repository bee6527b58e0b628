import {
  CloudFormationClient,
  paginateDescribeStacks,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListEventBusesCommand, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient, paginateListRoles } from '@aws-sdk/client-iam';
import {
  GetLayerVersionByArnCommand,
  LambdaClient,
  paginateListEventSourceMappings,
  paginateListFunctions,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { paginateListStateMachines, SFNClient } from '@aws-sdk/client-sfn';
import { paginateListTopics, SNSClient } from '@aws-sdk/client-sns';
import { paginateListQueues, SQSClient } from '@aws-sdk/client-sqs';
import { paginateDescribeParameters, SSMClient } from '@aws-sdk/client-ssm';
import { localStackClient } from './client.js';

/** Resources that CDK itself keeps in an account. */
const BOOTSTRAP = /CDKToolkit|cdk-hnb659fds|\/cdk-bootstrap\//;

async function all<Page, Item>(
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const found: Item[] = [];
  for await (const page of pages) found.push(...(itemsOf(page) ?? []));
  return found;
}

/**
 * Everything there is at an endpoint of the kinds that our apps make, by kind and name, except for what CDK was
 * bootstrapped with, and for layers.
 */
export async function census(endpoint: string): Promise<string[]> {
  const config = localStackClient(endpoint);
  const lambda = { client: new LambdaClient(config) };
  const events = new EventBridgeClient(config);
  const { EventBuses = [] } = await events.send(new ListEventBusesCommand({}));
  const rules = EventBuses.map(async ({ Name: EventBusName }) => {
    const { Rules = [] } = await events.send(new ListRulesCommand({ EventBusName }));
    return Rules.map(({ Name }) => `${EventBusName}/${Name}`);
  });
  const kinds: Record<string, Promise<(string | undefined)[]>> = {
    bucket: new S3Client(config)
      .send(new ListBucketsCommand({}))
      .then(({ Buckets = [] }) => Buckets.map(({ Name }) => Name)),
    bus: Promise.resolve(EventBuses.map(({ Name }) => Name)),
    'event source mapping': all(paginateListEventSourceMappings(lambda, {}), (page) =>
      page.EventSourceMappings?.map(({ EventSourceArn }) => EventSourceArn),
    ),
    function: all(paginateListFunctions(lambda, {}), (page) =>
      page.Functions?.map(({ FunctionName }) => FunctionName),
    ),
    parameter: all(paginateDescribeParameters({ client: new SSMClient(config) }, {}), (page) =>
      page.Parameters?.map(({ Name }) => Name),
    ),
    queue: all(paginateListQueues({ client: new SQSClient(config) }, {}), (page) => page.QueueUrls),
    role: all(paginateListRoles({ client: new IAMClient(config) }, {}), (page) =>
      page.Roles?.map(({ RoleName }) => RoleName),
    ),
    rule: Promise.all(rules).then((names) => names.flat()),
    stack: all(paginateDescribeStacks({ client: new CloudFormationClient(config) }, {}), (page) =>
      page.Stacks?.map(({ StackName, StackStatus }) =>
        StackStatus === 'DELETE_COMPLETE' ? undefined : StackName,
      ),
    ),
    'state machine': all(paginateListStateMachines({ client: new SFNClient(config) }, {}), (page) =>
      page.stateMachines?.map(({ name }) => name),
    ),
    table: all(paginateListTables({ client: new DynamoDBClient(config) }, {}), (page) => page.TableNames),
    topic: all(paginateListTopics({ client: new SNSClient(config) }, {}), (page) =>
      page.Topics?.map(({ TopicArn }) => TopicArn),
    ),
  };
  const found = await Promise.all(
    Object.entries(kinds).map(async ([kind, names]) =>
      (await names).flatMap((name) => (name && !BOOTSTRAP.test(name) ? `${kind} ${name}` : [])),
    ),
  );
  return found.flat().sort();
}

/**
 * The layer versions of these stacks: LocalStack cannot list layers any more when the last version of one was deleted
 * ("list index out of range").
 */
export async function layerVersions(endpoint: string, stacks: readonly string[]): Promise<string[]> {
  const client = new CloudFormationClient(localStackClient(endpoint));
  const found = stacks.map((StackName) =>
    all(paginateListStackResources({ client }, { StackName }), (page) =>
      page.StackResourceSummaries?.filter(({ ResourceType }) => ResourceType === 'AWS::Lambda::LayerVersion'),
    ),
  );
  return (await Promise.all(found)).flat().map(({ PhysicalResourceId }) => PhysicalResourceId as string);
}

/** Which of these layer versions there still are. */
export async function layersLeft(endpoint: string, arns: readonly string[]): Promise<string[]> {
  const client = new LambdaClient(localStackClient(endpoint));
  const left = arns.map(async (Arn) => {
    try {
      await client.send(new GetLayerVersionByArnCommand({ Arn }));
      return [`layer ${Arn}`];
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return [];
      throw error;
    }
  });
  return (await Promise.all(left)).flat();
}
