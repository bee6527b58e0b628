import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import type { DeployedStack, DeployedStacks, TemplateResource } from './stacks.js';

/** A resource that is configured to send its failures to a queue: a permitted target of the queue's messages. */
export interface Destination {
  /** ARN, including the alias of a function; the name of an event bus. */
  readonly to: string;
  /** ARN of the stream whose changes the function handles. @default - none */
  readonly streamArn?: string;
  /** True if messages arrive unchanged, without their target. @default false */
  readonly isPlain?: boolean;
}

/** Returns the resources that send their failures to a queue, from the deployed templates and the event source mappings. */
export async function destinationsOf(
  queueArn: string,
  { stacks }: DeployedStacks,
  lambda: LambdaClient,
): Promise<Destination[]> {
  const destinations: Destination[] = [];
  for (const stack of stacks) {
    for (const resource of Object.values(stack.resources)) {
      destinations.push(...(await destinationsInTemplate(queueArn, stack, resource)));
    }
  }
  destinations.push(...(await destinationsByMapping(queueArn, lambda)));
  const distinct = new Map(
    destinations.map((destination) => [`${destination.to} ${destination.streamArn}`, destination]),
  );
  return [...distinct.values()];
}

/** Returns the destinations that a resource of a template configures for the queue. */
async function destinationsInTemplate(
  queueArn: string,
  stack: DeployedStack,
  { Type, Properties = {} }: TemplateResource,
): Promise<Destination[]> {
  const isQueue = async (value: unknown) => value !== undefined && (await stack.text(value)) === queueArn;
  const destination = async (value: unknown, more: Partial<Destination> = {}) => {
    const to = await stack.text(value);
    return to === undefined ? [] : [{ to, ...more }];
  };
  switch (Type) {
    case 'AWS::Lambda::EventInvokeConfig': {
      if (!(await isQueue(Properties.DestinationConfig?.OnFailure?.Destination))) return [];
      const name = await stack.text(Properties.FunctionName);
      const qualifier = await stack.text(Properties.Qualifier);
      return name === undefined ? [] : [{ to: functionArn(name, qualifier, queueArn) }];
    }
    case 'AWS::Lambda::Function':
      if (!(await isQueue(Properties.DeadLetterConfig?.TargetArn))) return [];
      return destination({ 'Fn::GetAtt': [idOf(stack, Properties), 'Arn'] }, { isPlain: true });
    case 'AWS::Events::Rule': {
      const targets: Destination[] = [];
      for (const { Arn, DeadLetterConfig } of Properties.Targets ?? []) {
        if (await isQueue(DeadLetterConfig?.Arn)) targets.push(...(await destination(Arn)));
      }
      return targets.filter(({ to }) => to !== queueArn);
    }
    case 'AWS::Scheduler::Schedule':
      return (await isQueue(Properties.Target?.DeadLetterConfig?.Arn))
        ? destination(Properties.Target.Arn)
        : [];
    case 'AWS::SNS::Subscription':
      return Properties.Protocol === 'sqs' && (await isQueue(Properties.RedrivePolicy?.deadLetterTargetArn))
        ? destination(Properties.Endpoint, { isPlain: true })
        : [];
    default:
      return [];
  }
}

function idOf({ resources }: DeployedStack, properties: object): string | undefined {
  return Object.keys(resources).find((id) => resources[id]?.Properties === properties);
}

function functionArn(name: string, qualifier: string | undefined, queueArn: string): string {
  const [, partition, , region, account] = queueArn.split(':');
  const arn = name.startsWith('arn:')
    ? name
    : `arn:${partition}:lambda:${region}:${account}:function:${name}`;
  return qualifier === undefined || qualifier === '$LATEST'
    ? arn
    : `${arn.split(':').slice(0, 7).join(':')}:${qualifier}`;
}

/** Returns the functions that send failed changes of a stream to the queue, and the buses that they publish to (Outbox). */
async function destinationsByMapping(queueArn: string, client: LambdaClient): Promise<Destination[]> {
  const destinations: Destination[] = [];
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client }, {})) {
    for (const { DestinationConfig, FunctionArn, EventSourceArn } of EventSourceMappings) {
      if (DestinationConfig?.OnFailure?.Destination !== queueArn || FunctionArn === undefined) continue;
      destinations.push({ to: FunctionArn, ...(EventSourceArn && { streamArn: EventSourceArn }) });
      destinations.push(...(await busesOf(FunctionArn, client)));
    }
  }
  return destinations;
}

/** Returns the buses of a function: functions of this library have their names in variables that end with `_BUS`. */
async function busesOf(FunctionName: string, client: LambdaClient): Promise<Destination[]> {
  const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return Object.entries(Environment?.Variables ?? {})
    .filter(([name]) => /_BUS$/.test(name))
    .map(([, to]) => ({ to }));
}
