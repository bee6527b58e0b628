import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import type { DeployedStack, DeployedStacks, TemplateResource } from './stacks.js';

/** Something whose failures land in a queue by its configuration: all that a message of the queue may be sent to. */
export interface Destination {
  /** The ARN, with the alias by which a function is configured; of a bus its name. */
  readonly to: string;
  /** The stream whose changes the function handles. @default - none */
  readonly streamArn?: string;
  /** Whether messages are as they were sent, and say nothing of where to. @default false */
  readonly isPlain?: boolean;
}

/** What belongs to a queue of failures, by the deployed templates and the event source mappings of Lambda. */
export async function destinationsOf(
  queueArn: string,
  { stacks }: DeployedStacks,
  lambda: LambdaClient,
): Promise<Destination[]> {
  const found: Destination[] = [];
  for (const stack of stacks) {
    for (const resource of Object.values(stack.resources)) {
      found.push(...(await declared(queueArn, stack, resource)));
    }
  }
  found.push(...(await mapped(queueArn, lambda)));
  const distinct = new Map(found.map((one) => [`${one.to} ${one.streamArn}`, one]));
  return [...distinct.values()];
}

/** What one resource says of the queue. */
async function declared(
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
      const all: Destination[] = [];
      for (const { Arn, DeadLetterConfig } of Properties.Targets ?? []) {
        if (await isQueue(DeadLetterConfig?.Arn)) all.push(...(await destination(Arn)));
      }
      return all.filter(({ to }) => to !== queueArn);
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

/** Functions that read a stream and give up changes to the queue, and the buses that they publish on, as an Outbox does. */
async function mapped(queueArn: string, client: LambdaClient): Promise<Destination[]> {
  const found: Destination[] = [];
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client }, {})) {
    for (const { DestinationConfig, FunctionArn, EventSourceArn } of EventSourceMappings) {
      if (DestinationConfig?.OnFailure?.Destination !== queueArn || FunctionArn === undefined) continue;
      found.push({ to: FunctionArn, ...(EventSourceArn && { streamArn: EventSourceArn }) });
      found.push(...(await busesOf(FunctionArn, client)));
    }
  }
  return found;
}

/** A function of this library has the name of a bus in a variable called so. */
async function busesOf(FunctionName: string, client: LambdaClient): Promise<Destination[]> {
  const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return Object.entries(Environment?.Variables ?? {})
    .filter(([name]) => /_BUS$/.test(name))
    .map(([, to]) => ({ to }));
}
