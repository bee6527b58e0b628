import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type BusClient, bus, handle } from 'cdk-trellis/runtime';
import type { FixtureStack } from '../fixtures.js';
import { type Probes, probing } from '../probing.js';

export const probes = ({ eventBusName: EventBusName, client }: BusClient): Probes => ({
  'events:PutEvents': () =>
    client.send(
      new PutEventsCommand({
        Entries: [{ EventBusName, Source: 'drill', DetailType: 'Probed', Detail: '{}' }],
      }),
    ),
});

export const publish = handle({ it: bus.publish }, probing(probes));

export const resource = ({ cdk, stack }: FixtureStack) => new cdk.aws_events.EventBus(stack, 'Events');

export const imported = ({ cdk, stack }: FixtureStack) =>
  cdk.aws_events.EventBus.fromEventBusArn(
    stack,
    'Imported',
    'arn:aws:events:us-east-1:222222222222:event-bus/hub',
  );
