import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { destinationsOf } from '../../../lib/cli/redrive/destinations.js';
import { failureQueues } from '../../../lib/cli/redrive/queues.js';
import { DeployedStacks } from '../../../lib/cli/redrive/stacks.js';

const cloudFormation = mockClient(CloudFormationClient);
const lambda = mockClient(LambdaClient);
const sqs = mockClient(SQSClient);
const here = 'eu-west-1:123456789012';
const queueArn = `arn:aws:sqs:${here}:failures`;
const fn = `arn:aws:lambda:${here}:function:mail`;
const stackId = (name: string) => `arn:aws:cloudformation:${here}:stack/${name}/1`;

/** Mocks deployed stacks: their resources with their physical ids. */
function deploy(
  stacks: Record<string, { resources: object; names?: Record<string, string>; more?: object }>,
): void {
  cloudFormation.on(DescribeStacksCommand).resolves({
    Stacks: Object.entries(stacks).map(([name, { more }]) => ({
      StackName: name,
      StackId: stackId(name),
      CreationTime: new Date(),
      StackStatus: 'CREATE_COMPLETE' as const,
      ...more,
    })),
  });
  for (const [name, { resources, names = {} }] of Object.entries(stacks)) {
    const StackName = stackId(name);
    cloudFormation
      .on(GetTemplateCommand, { StackName, TemplateStage: 'Original' })
      .resolves({ TemplateBody: JSON.stringify({ Resources: resources }) });
    cloudFormation.on(ListStackResourcesCommand, { StackName }).resolves({
      StackResourceSummaries: Object.entries(names).map(([LogicalResourceId, PhysicalResourceId]) => ({
        LogicalResourceId,
        PhysicalResourceId,
        ResourceType: '',
        LastUpdatedTimestamp: new Date(),
        ResourceStatus: 'CREATE_COMPLETE' as const,
      })),
    });
  }
}

const findDestinations = async () =>
  destinationsOf(queueArn, await DeployedStacks.read(new CloudFormationClient({})), new LambdaClient({}));

const queue = { Type: 'AWS::SQS::Queue', Properties: {} };
const toQueue = { 'Fn::GetAtt': ['Q', 'Arn'] };
const names = {
  Q: `https://sqs.eu-west-1.amazonaws.com/123456789012/failures`,
  F: 'mail',
  M: `arn:aws:states:${here}:stateMachine:m`,
};
const functionArn = { 'Fn::GetAtt': ['F', 'Arn'] };

beforeEach(() => {
  for (const client of [cloudFormation, lambda, sqs]) client.reset();
  lambda.on(ListEventSourceMappingsCommand).resolves({});
});

describe('the destinations of a failure queue include', () => {
  it.each<[string, object, object[]]>([
    [
      'a function whose failed events land there',
      {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: {
          FunctionName: { Ref: 'F' },
          Qualifier: '$LATEST',
          DestinationConfig: { OnFailure: { Destination: toQueue } },
        },
      },
      [{ to: fn }],
    ],
    [
      'an alias of a function',
      {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: {
          FunctionName: { Ref: 'F' },
          Qualifier: 'live',
          DestinationConfig: { OnFailure: { Destination: toQueue } },
        },
      },
      [{ to: `${fn}:live` }],
    ],
    [
      'the target of a rule, and not the queue itself',
      {
        Type: 'AWS::Events::Rule',
        Properties: {
          Targets: [
            { Arn: functionArn, DeadLetterConfig: { Arn: toQueue } },
            { Arn: { Ref: 'M' }, DeadLetterConfig: { Arn: toQueue } },
            { Arn: toQueue, DeadLetterConfig: { Arn: toQueue } },
            { Arn: `${fn}2`, DeadLetterConfig: { Arn: `${queueArn}2` } },
          ],
        },
      },
      [{ to: fn }, { to: names.M }],
    ],
    [
      'the target of a schedule',
      {
        Type: 'AWS::Scheduler::Schedule',
        Properties: { Target: { Arn: functionArn, DeadLetterConfig: { Arn: toQueue } } },
      },
      [{ to: fn }],
    ],
    [
      'the queue that subscribes to a topic',
      {
        Type: 'AWS::SNS::Subscription',
        Properties: {
          Protocol: 'sqs',
          Endpoint: `${queueArn}-in`,
          RedrivePolicy: { deadLetterTargetArn: toQueue },
        },
      },
      [{ to: `${queueArn}-in`, isPlain: true }],
    ],
    [
      'no resource that names another queue',
      {
        Type: 'AWS::Scheduler::Schedule',
        Properties: { Target: { Arn: functionArn, DeadLetterConfig: { Arn: `${queueArn}2` } } },
      },
      [],
    ],
    [
      'no resource whose value only CloudFormation can resolve',
      {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          Target: { Arn: functionArn, DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Custom', 'Arn'] } } },
        },
      },
      [],
    ],
  ])('%s', async (_, resource, destinations) => {
    deploy({
      Shop: {
        resources: { Q: queue, F: { Type: 'AWS::Lambda::Function', Properties: {} }, R: resource },
        names,
      },
    });
    expect(await findDestinations()).toEqual(destinations);
  });

  it('a function whose dead-letter queue it is, with unchanged messages', async () => {
    const resources = {
      Q: queue,
      F: { Type: 'AWS::Lambda::Function', Properties: { DeadLetterConfig: { TargetArn: toQueue } } },
    };
    deploy({ Shop: { resources, names } });
    expect(await findDestinations()).toEqual([{ to: fn, isPlain: true }]);
  });

  it('a function that reads a stream, with the stream and the buses that it publishes to', async () => {
    deploy({});
    lambda.on(ListEventSourceMappingsCommand).resolves({
      EventSourceMappings: [
        { FunctionArn: fn, EventSourceArn: 's', DestinationConfig: { OnFailure: { Destination: queueArn } } },
        {
          FunctionArn: `${fn}2`,
          EventSourceArn: 's',
          DestinationConfig: { OnFailure: { Destination: `${queueArn}2` } },
        },
      ],
    });
    lambda
      .on(GetFunctionConfigurationCommand, { FunctionName: fn })
      .resolves({ Environment: { Variables: { EVENTS_BUS: 'shop', OTHER: 'default' } } });
    expect(await findDestinations()).toEqual([{ to: fn, streamArn: 's' }, { to: 'shop' }]);
  });

  it('resources of other stacks and of nested stacks', async () => {
    const rule = (Arn: unknown) => ({
      Type: 'AWS::Events::Rule',
      Properties: { Targets: [{ Arn: functionArn, DeadLetterConfig: { Arn } }] },
    });
    const F = { Type: 'AWS::Lambda::Function', Properties: {} };
    deploy({
      Shop: {
        resources: { Q: queue },
        names,
        more: { Outputs: [{ ExportName: 'Shop:Q', OutputValue: queueArn }] },
      },
      Other: { resources: { F, R: rule({ 'Fn::ImportValue': 'Shop:Q' }) }, names: { F: 'importer' } },
      Nested: {
        resources: { F, R: rule({ Ref: 'QArn' }) },
        names: { F: 'nested' },
        more: { Parameters: [{ ParameterKey: 'QArn', ParameterValue: queueArn }] },
      },
    });
    const named = (name: string) => ({ to: `arn:aws:lambda:${here}:function:${name}` });
    expect(await findDestinations()).toEqual([named('importer'), named('nested')]);
  });
});

describe('the queues of a construct', () => {
  const deadLetters = (path: string) => ({
    Q: { ...queue, Metadata: { 'aws:cdk:path': `${path}/DeadLetters/Resource` } },
  });
  const queuesAt = async (path: string) =>
    failureQueues(new SQSClient({}), await DeployedStacks.read(new CloudFormationClient({})), path);

  beforeEach(() => {
    sqs
      .on(GetQueueAttributesCommand)
      .resolves({ Attributes: { QueueArn: queueArn, ApproximateNumberOfMessages: '1' } });
  });

  it.each([
    ['in a stack of any name', 'acme-dev-shop', 'Shop/Mails'],
    ['in a nested stack', 'Parent-Nested-1A2B', 'Parent/Nested/Mails'],
    ['in a stage', 'any', 'Dev/Inner/Mails'],
  ])('are found %s', async (_, stackName, path) => {
    deploy({ Else: { resources: {} }, [stackName]: { resources: deadLetters(path), names } });
    expect(await queuesAt(path)).toEqual([{ url: names.Q, arn: queueArn, count: 1 }]);
    await expect(queuesAt(path.slice(0, -1))).rejects.toThrow('no queue has this name');
  });

  it('must be in one stack: the same app may be deployed twice', async () => {
    const stack = { resources: deadLetters('Shop/Mails'), names };
    deploy({ 'dev-shop': stack, 'prod-shop': stack });
    await expect(queuesAt('Shop/Mails')).rejects.toThrow(
      'Expected one stack with Shop/Mails, got dev-shop, prod-shop. Pass the ARN or URL of the queue.',
    );
  });

  it.each(['QueueDoesNotExist', 'InvalidAddress', 'TimeoutError'])(
    'are rejected with a remedy if the URL is wrong (%s)',
    async (name) => {
      deploy({});
      sqs.on(GetQueueAttributesCommand).rejects(Object.assign(new Error('raw text of SQS'), { name }));
      await expect(queuesAt('https://sqs.us-east-1.amazonaws.com/1/none')).rejects.toThrow(
        'Expected the URL of a queue of this account and region, got "https://sqs.us-east-1.amazonaws.com/1/none" (raw text of SQS). Pass the name of the queue, or the path of its construct, as in Shop/Mails.',
      );
    },
  );

  it('keep the original error if the credentials have expired', async () => {
    deploy({});
    sqs.on(GetQueueAttributesCommand).rejects(Object.assign(new Error('expired'), { name: 'ExpiredToken' }));
    await expect(queuesAt('https://sqs.us-east-1.amazonaws.com/1/none')).rejects.toThrow(/^expired$/);
  });
});
