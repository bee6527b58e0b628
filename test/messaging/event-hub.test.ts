import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, LogLevel, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { type App, Duration, Stack } from 'aws-cdk-lib/core';
import { DataTable, EventHub, NodeFunction, QueueWorker } from 'cdk-trellis';
import { defineEvent } from 'cdk-trellis/contract';
import * as z from 'zod';
import { nagFindings } from '../support/nag.js';
import { newStack, stableTemplate } from '../support/template.js';
import { OrderCancelled, OrderPlaced, OrderPlacedV1 } from './fixtures/events.js';

const placed = () => import('./fixtures/on-order-placed.js');
const anyVersion = () => import('./fixtures/on-any-version.js');
const mails = () => import('./fixtures/order-mails.js');

function built(build: (hub: EventHub, stack: Stack) => void): Template {
  const stack = newStack();
  build(new EventHub(stack, 'Events'), stack);
  return Template.fromStack(stack);
}

const machineIn = (stack: Stack) =>
  new StateMachine(stack, 'Fulfil', {
    definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Done')),
    tracingEnabled: true,
    logs: { destination: new LogGroup(stack, 'Log'), level: LogLevel.ALL },
  });

describe('EventHub', () => {
  it('is a bus with an archive of 30 days', () => {
    const stack = newStack();
    new EventHub(stack, 'Events');
    expect(stableTemplate(stack)).toMatchSnapshot();
  });

  it('has, for each subscription, a rule, retries, and a place for what cannot be delivered or understood', () => {
    const stack = newStack();
    new EventHub(stack, 'Events').on(OrderPlaced, placed);
    const { Resources } = stableTemplate(stack) as any;
    const shown = Object.entries<any>(Resources).filter(([, { Type }]) =>
      ['AWS::Events::Rule', 'AWS::SQS::QueuePolicy', 'AWS::Lambda::EventInvokeConfig'].includes(Type),
    );
    expect(Object.fromEntries(shown)).toMatchSnapshot();
  });

  it('leaves cdk-nag nothing to find, whatever the target', () => {
    expect(
      nagFindings((stack) => {
        const hub = new EventHub(stack, 'Events', { publishAs: '/shop/events' });
        hub.on(OrderPlaced, placed);
        hub.on(OrderPlaced, new QueueWorker(stack, 'Mails', { handler: mails }), { id: 'Mail' });
      }),
    ).toEqual([]);
  });

  it('keeps its logical id: another one would lose the archive', () => {
    const template = built(() => undefined);
    expect(Object.keys(template.findResources('AWS::Events::EventBus'))).toEqual(['EventsBus45DE4339']);
  });

  it('keeps events for longer, or not at all', () => {
    const stack = newStack();
    new EventHub(stack, 'Long', { archive: Duration.days(365) });
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Archive', { RetentionDays: 365 });
    const none = newStack();
    new EventHub(none, 'None', { archive: false });
    Template.fromStack(none).resourceCountIs('AWS::Events::Archive', 0);
  });

  it("lets the user's properties win", () => {
    const stack = newStack();
    new EventHub(stack, 'Events', { bus: { eventBusName: 'shop', kmsKey: new Key(stack, 'Key') } });
    Template.fromStack(stack).hasResourceProperties('AWS::Events::EventBus', {
      Name: 'shop',
      KmsKeyIdentifier: Match.anyValue(),
    });
  });

  it('is found by other stacks under its path, which export and import nothing', () => {
    const platform = newStack();
    new EventHub(platform, 'Events', { publishAs: '/shop/events/' });
    Template.fromStack(platform).hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/shop/events/event-bus-name',
      Value: { Ref: Match.stringLikeRegexp('^EventsBus') },
    });
    const service = newStack();
    const hub = EventHub.fromPublished(service, 'Events', '/shop/events');
    hub.on(OrderPlaced, placed);
    new NodeFunction(service, 'Publisher', {
      handler: () => import('./fixtures/publisher.js'),
      bind: { placed: hub },
    });
    const template = Template.fromStack(service);
    template.hasParameter('*', {
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: '/shop/events/event-bus-name',
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: { Ref: Match.stringLikeRegexp('^SsmParameter') },
    });
    expect(JSON.stringify(template.toJSON())).not.toContain('ImportValue');
  });

  it('is bound to a handler that publishes: it may put events on this bus', () => {
    const template = built((hub, stack) => {
      new NodeFunction(stack, 'Publisher', {
        handler: () => import('./fixtures/publisher.js'),
        bind: { placed: hub },
      });
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      Policies: [
        {
          PolicyDocument: {
            Statement: Match.arrayWith([
              Match.objectLike({
                Action: 'events:PutEvents',
                Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^EventsBus'), 'Arn'] },
              }),
            ]),
          },
        },
      ],
    });
  });
});

describe('a subscription', () => {
  it('is to the source, name and version of the event', () => {
    built((hub) => hub.on(OrderPlaced, placed)).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['orders'],
        'detail-type': ['OrderPlaced'],
        detail: { metadata: { version: [2] } },
      },
    });
  });

  it('is to several versions', () => {
    const template = built((hub, stack) => {
      const log = new DataTable(stack, 'Log', { partitionKey: 'id' });
      hub.on([OrderPlacedV1, OrderPlaced], anyVersion, { bind: { log } });
    });
    const versions = (version: unknown) => ({ EventPattern: { detail: { metadata: { version } } } });
    template.hasResourceProperties('AWS::Events::Rule', versions([1, 2]));
    template.hasResourceProperties(
      'AWS::Events::Rule',
      versions([{ 'anything-but': [1, 2] }, { exists: false }]),
    );
  });

  it('leaves to others of the service the versions that they understand', () => {
    const template = built((hub, stack) => {
      const log = new DataTable(stack, 'Log', { partitionKey: 'id' });
      hub.on(OrderPlacedV1, anyVersion, { bind: { log } });
      hub.on(OrderPlaced, placed, { id: 'Second' });
    });
    const others = { metadata: { version: [{ 'anything-but': [1, 2] }, { exists: false }] } };
    template.resourcePropertiesCountIs('AWS::Events::Rule', { EventPattern: { detail: others } }, 2);
  });

  it('is to events that meet a condition', () => {
    built((hub) =>
      hub.on(OrderPlaced, placed, { where: { total: [{ numeric: ['>', 1000] }] } }),
    ).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { detail: { data: { total: [{ numeric: ['>', 1000] }] } } },
    });
  });

  it('tries for a day, or for the given time', () => {
    const target = (policy: object) => ({ Targets: [{ RetryPolicy: policy }] });
    built((hub) => hub.on(OrderPlaced, placed)).hasResourceProperties(
      'AWS::Events::Rule',
      target({ MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185 }),
    );
    built((hub) =>
      hub.on(OrderPlaced, placed, { maxEventAge: Duration.hours(1), retryAttempts: 5 }),
    ).hasResourceProperties(
      'AWS::Events::Rule',
      target({ MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 5 }),
    );
  });

  it('of a handler takes options of its function', () => {
    built((hub) => hub.on(OrderPlaced, placed, { memorySize: 1024 })).hasResourceProperties(
      'AWS::Lambda::Function',
      {
        MemorySize: 1024,
      },
    );
  });

  it('of a handler has one queue and one alarm: those of its function', () => {
    const template = built((hub) => hub.on(OrderPlaced, placed));
    template.resourceCountIs('AWS::SQS::Queue', 1);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 1);
  });

  it('of a handler has an alarm that can be changed', () => {
    const withAlarm = (alarm: false | object) =>
      built((hub, stack) => {
        const topic = new Topic(stack, 'Topic');
        hub.on(OrderPlaced, placed, { alarm: alarm && { topic, ...alarm } });
      });
    withAlarm({ deadLetters: 3 }).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 3,
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
    });
    withAlarm(false).resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });

  it('of a QueueWorker leads to its queue, and what fails to its dead-letter queue', () => {
    const template = built((hub, stack) => {
      hub.on(OrderPlaced, new QueueWorker(stack, 'Mails', { handler: mails }));
    });
    template.resourceCountIs('AWS::SQS::Queue', 2);
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [
        {
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^MailsQueue'), 'Arn'] },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^MailsDeadLetters'), 'Arn'] } },
        },
      ],
    });
    // As the queue gets it: SQS itself moves it back.
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [
        {
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^MailsDeadLetters'), 'Arn'] },
          InputTransformer: Match.absent(),
        },
      ],
    });
  });

  it('of a workflow makes a function that starts it by name, with a place for what fails', () => {
    const template = built((hub, stack) => hub.on(OrderPlaced, machineIn(stack)));
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [
        {
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^EventsOrderPlacedFunction'), 'Arn'] },
          InputPath: Match.absent(),
        },
      ],
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          WORKFLOW_WORKFLOW: { Ref: Match.stringLikeRegexp('^Fulfil') },
          STARTS: JSON.stringify({
            events: [{ name: 'OrderPlaced', source: 'orders', version: 2 }],
            isSaga: false,
          }),
        },
      },
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      Policies: Match.arrayWith([
        Match.objectLike({
          PolicyDocument: {
            Statement: Match.arrayWith([
              Match.objectLike({
                Action: 'states:StartExecution',
                Resource: { Ref: Match.stringLikeRegexp('^Fulfil') },
              }),
              Match.objectLike({ Action: 'states:DescribeExecution' }),
            ]),
          },
        }),
      ]),
    });
    template.resourceCountIs('AWS::SQS::Queue', 1);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 1);
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      DestinationConfig: { OnFailure: Match.anyValue() },
    });
  });

  it('of a workflow elsewhere may ask for the executions there', () => {
    const arn = 'arn:aws:states:eu-west-1:222222222222:stateMachine:Fulfil';
    const template = built((hub, stack) => {
      hub.on(OrderPlaced, StateMachine.fromStateMachineArn(stack, 'Far', arn));
    });
    expect(JSON.stringify(template.toJSON())).toContain(':states:eu-west-1:222222222222:execution:Fulfil:*');
  });

  it('of a workflow has an alarm that can be changed, or left out', () => {
    const withAlarm = (alarm: false | object) =>
      built((hub, stack) => hub.on(OrderPlaced, machineIn(stack), { alarm }));
    withAlarm({ deadLetters: 3 }).hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 3 });
    withAlarm(false).resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });

  it('of a queue without a worker has its own dead-letter queue, whose alarm can be changed', () => {
    const withAlarm = (alarm: false | object) =>
      built((hub, stack) => {
        const topic = new Topic(stack, 'Topic');
        hub.on(OrderPlaced, new Queue(stack, 'Any'), { alarm: alarm && { topic, ...alarm } });
      });
    const template = withAlarm({ deadLetters: 3 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 3,
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
    });
    withAlarm(false).resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });

  it('of a second handler has an id of its own', () => {
    const template = built((hub) => {
      hub.on(OrderPlaced, placed);
      hub.on(OrderPlaced, placed, { id: 'Bill' });
    });
    template.resourceCountIs('AWS::Lambda::Function', 2);
  });
});

describe('a subscription is refused', () => {
  it.each<[string, (hub: EventHub, stack: Stack) => unknown, string]>([
    [
      'to an event a second time, without an id',
      (hub) => [1, 2].map(() => hub.on(OrderPlaced, placed)),
      "`id` is required, because OrderPlaced already has a subscription. Set one, as in `on(OrderPlaced, ..., { id: 'BillOrderPlaced' })` (at Stack/Events)",
    ],
    [
      'to different events at once',
      (hub, stack) => hub.on([OrderPlaced, OrderCancelled], new Queue(stack, 'Q')),
      '`on` must have versions of one event, got OrderPlaced of orders and OrderCancelled of orders. Call it for each event',
    ],
    [
      'to a version twice',
      (hub, stack) => hub.on([OrderPlaced, OrderPlaced], new Queue(stack, 'Q')),
      '`on` must have each version once, got OrderPlaced 2 twice',
    ],
    [
      'to nothing',
      (hub, stack) => hub.on([], new Queue(stack, 'Q')),
      '`on` must have at least one event, got an empty list',
    ],
    [
      'to an event that JSON cannot express',
      (hub, stack) =>
        hub.on(defineEvent('Dated', z.object({ at: z.date() }), { version: 1 }), new Queue(stack, 'Q')),
      'Dated 1 cannot be sent as JSON: .at: JSON does not support date: use z.iso.datetime(), or a z.codec() from it to a Date',
    ],
    [
      'by a worker in another region',
      (_, stack) => {
        const env = { account: '111111111111', region: 'eu-central-1' };
        const there = new Stack(stack.node.root as App, 'There', { env });
        const here = new Stack(stack.node.root as App, 'Here', { env: { ...env, region: 'us-east-1' } });
        new EventHub(here, 'Hub').on(OrderPlaced, new QueueWorker(there, 'Mails', { handler: mails }));
      },
      'the target of an event must be in the region of its rule (us-east-1), got There/Mails in eu-central-1. Create an EventHub in eu-central-1, send it the events by a Rule with its bus as the target, and subscribe there',
    ],
    [
      'by a FIFO queue',
      (hub, stack) => hub.on(OrderPlaced, new Queue(stack, 'Q', { fifo: true })),
      'the target of an event must not be a FIFO queue: EventBridge does not keep the order',
    ],
    [
      'by a handler of messages',
      (hub) => hub.on(OrderPlaced, (() => import('./fixtures/send-mail-once.js')) as never),
      '`handler` must call `consume(...)` or be a plain function, got a call of `worker`',
    ],
    [
      'to no event',
      (hub, stack) => hub.on(undefined as never, new Queue(stack, 'Q')),
      '`on` must have an event of `defineEvent`, or several versions of one (at Stack/Events)',
    ],
    [
      'by nothing at all',
      (hub) => hub.on(OrderPlaced, undefined as never),
      'The target of an event must be a handler, a QueueWorker, a queue, a function or a workflow',
    ],
    [
      'by nothing',
      (hub, stack) => hub.on(OrderPlaced, new Topic(stack, 'T') as never),
      'The target of an event must be a handler, a QueueWorker, a queue, a function or a workflow',
    ],
  ])('%s', (_, build, message) => {
    expect(() => built(build)).toThrow(message);
  });
});
