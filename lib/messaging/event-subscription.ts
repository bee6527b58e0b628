import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue, type TargetBaseProps } from 'aws-cdk-lib/aws-events-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration, Stack, Token, TokenComparison } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge } from '../construct/acknowledge.js';
import { assertValid } from '../construct/assert-valid.js';
import { deadLetterQueue } from '../construct/queues.js';
import type { EventDefinition } from '../contract/event.js';
import { addDeadLetterAlarm, type DeadLetterAlarmProps } from '../observability/dead-letter-alarm.js';
import { type Delivery, refusedInput } from './private/deliveries.js';
import { patternOf, patternOfOthers } from './private/event-patterns.js';
import { allowRules } from './private/rule-permissions.js';
import { validateDefinition } from './private/validate-event.js';

/** Options of a subscription. */
export interface EventSubscriptionOptions {
  /** Time for which EventBridge retries the delivery of an event, a minute to a day. @default Duration.hours(24) */
  readonly maxEventAge?: Duration;
  /** Maximum retries of a delivery, 0 to 185. @default 185 */
  readonly retryAttempts?: number;
  /** Further conditions on the event's data, as in `{ total: [{ numeric: ['>', 1000] }] }`. @default - none */
  readonly where?: Readonly<Record<string, unknown>>;
  /**
   * Alarm on events that could not be delivered or handled; `false` disables it. An existing function or QueueWorker has
   * its own alarm, which is not changed here.
   * @default - at the first event
   */
  readonly alarm?: DeadLetterAlarmProps | false;
}

/** Properties of a subscription, which `EventHub.on` sets. */
export interface EventSubscriptionProps extends EventSubscriptionOptions {
  readonly bus: IEventBus;
  readonly events: readonly EventDefinition[];
  /** Versions of the event with a subscription of the same hub; read when the template is written. */
  readonly knownVersions: () => readonly number[];
  /** @internal Delivery to the target. */
  readonly delivery: Delivery;
}

/**
 * Subscription of `EventHub.on`: the rule that sends an event to its target, and the rule that sends events of the same
 * name with an unknown version to the dead-letter queue.
 *
 * Events are not lost: after a day without delivery an event is moved to the dead-letter queue, too. For a function of
 * this library that is its failure queue, and for a QueueWorker its own; other targets get one, with an alarm of $0.10 a
 * month.
 */
export class EventSubscription extends Construct {
  /** Rule that sends the event to the target. */
  readonly rule: Rule;
  /** Rule that sends events of versions without a subscription of the same hub to the dead-letter queue. */
  readonly otherVersions: Rule;
  readonly deadLetterQueue: IQueue;
  /** Alarm on the dead-letter queue, if the subscription has created the queue. */
  readonly alarm: Alarm | undefined;

  /** @internal Use `EventHub.on`. */
  constructor(scope: Construct, id: string, props: EventSubscriptionProps) {
    super(scope, id);
    const {
      bus,
      events,
      delivery,
      maxEventAge = Duration.hours(24),
      retryAttempts = 185,
      where,
      alarm = {},
    } = props;
    assertValid(this, [...validateDefinition(events), ...delivery.errors, ...validateRegion(this, delivery)]);
    const createsQueue = delivery.deadLetterQueue === undefined;
    this.deadLetterQueue = delivery.deadLetterQueue ?? deadLetterQueue(this, 'DeadLetters');
    const name = events[0]?.name;
    this.rule = new Rule(this, 'Rule', {
      eventBus: bus,
      description: `${name} ${events.map(({ version }) => version).join(', ')}`,
      eventPattern: patternOf(events, where),
    });
    const allowed = (queue: IQueue) => allowRules(this, bus, queue);
    const policy: TargetBaseProps = {
      maxEventAge,
      retryAttempts,
      deadLetterQueue: allowed(this.deadLetterQueue),
    };
    this.rule.addTarget(delivery.target(policy, delivery.queue && allowed(delivery.queue)));
    this.otherVersions = this.createOtherVersionsRule(props);
    this.alarm =
      createsQueue && alarm
        ? addDeadLetterAlarm(
            this,
            this.deadLetterQueue,
            alarm,
            `Events ${name} could not be delivered, or are of a version that ${delivery.name} does not understand.`,
          )
        : undefined;
  }

  private createOtherVersionsRule({ bus, events, delivery, knownVersions }: EventSubscriptionProps): Rule {
    const rule = new Rule(this, 'OtherVersions', {
      eventBus: bus,
      description: `${events[0]?.name} of versions that nothing here understands`,
      eventPattern: patternOfOthers(events, knownVersions),
    });
    const message = refusedInput(events, delivery);
    const queue = allowRules(this, bus, this.deadLetterQueue);
    rule.addTarget(new SqsQueue(queue, message && { message }));
    acknowledge(rule, {
      'Serverless-EventBusDLQ': 'Its target is itself the dead-letter queue.',
    });
    return rule;
  }
}

/** Validates the region of the target: a rule accepts only queues of its own region, also as dead-letter queues. */
function validateRegion(scope: Construct, { name, queue, deadLetterQueue }: Delivery): string[] {
  const { region } = Stack.of(scope);
  const elsewhere = [queue, deadLetterQueue].find(
    (candidate) =>
      candidate && Token.compareStrings(candidate.env.region, region) === TokenComparison.DIFFERENT,
  );
  return elsewhere
    ? [
        `the target of an event must be in the region of its rule (${region}), got ${name} in ${elsewhere.env.region}. Create an EventHub in ${elsewhere.env.region}, send it the events by a Rule with its bus as the target, and subscribe there`,
      ]
    : [];
}
