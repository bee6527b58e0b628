import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue, type TargetBaseProps } from 'aws-cdk-lib/aws-events-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration, Stack, Token, TokenComparison } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge } from '../construct/acknowledge.js';
import { deadLetterQueue } from '../construct/queues.js';
import type { EventDefinition } from '../contract/event.js';
import { addDeadLetterAlarm, type DeadLetterAlarmProps } from '../observability/dead-letter-alarm.js';
import { type Delivery, refusedInput } from './private/deliveries.js';
import { patternOf, patternOfOthers } from './private/event-patterns.js';
import { allowRules } from './private/rule-permissions.js';
import { validateDefinition } from './private/validate-event.js';

export interface EventSubscriptionOptions {
  /** For how long EventBridge tries to deliver an event, a minute to a day. @default Duration.hours(24) */
  readonly maxEventAge?: Duration;
  /** How often it tries at most, 0 to 185 times. @default 185 */
  readonly retryAttempts?: number;
  /** Further conditions on the event's data, as in `{ total: [{ numeric: ['>', 1000] }] }`. @default - none */
  readonly where?: Readonly<Record<string, unknown>>;
  /**
   * The alarm on events that could not be delivered, or not be handled; `false` for none. Of a function and of
   * a QueueWorker that there are already it is their own, which is not changed here.
   * @default - at the first one
   */
  readonly alarm?: DeadLetterAlarmProps | false;
}

/** What a subscription is made of, as `EventHub.on` knows it. */
export interface EventSubscriptionProps extends EventSubscriptionOptions {
  readonly bus: IEventBus;
  readonly events: readonly EventDefinition[];
  /** The versions of the event that anything subscribes to by the same hub; known when the template is written. */
  readonly knownVersions: () => readonly number[];
  /** @internal How the target gets the event. */
  readonly delivery: Delivery;
}

/**
 * What `EventHub.on` makes: the rule that sends an event to its target, and the one that sends events of the same
 * name but of a version that nothing here understands to the dead-letter queue.
 *
 * Nothing is lost: what cannot be delivered for a day lands in the dead-letter queue, too. For a function of this
 * library that is its failure queue, and for a QueueWorker its own; other targets get one, with an alarm of $0.10 a month.
 */
export class EventSubscription extends Construct {
  /** Sends the event to the target. */
  readonly rule: Rule;
  /** Sends events of versions that nothing subscribes to by the same hub to the dead-letter queue. */
  readonly otherVersions: Rule;
  readonly deadLetterQueue: IQueue;
  /** The alarm on the dead-letter queue, where the subscription has made that. */
  readonly alarm: Alarm | undefined;

  /** @internal Made by `EventHub.on`. */
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
    const errors = [...validateDefinition(events), ...delivery.errors, ...validatePlaces(this, delivery)];
    if (errors.length > 0) throw new Error(`${errors.join('\n')} (at ${this.node.path})`);
    const own = delivery.deadLetterQueue === undefined;
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
    this.otherVersions = this.setOthersAside(props);
    this.alarm =
      own && alarm
        ? addDeadLetterAlarm(
            this,
            this.deadLetterQueue,
            alarm,
            `Events ${name} could not be delivered, or are of a version that ${delivery.name} does not understand.`,
          )
        : undefined;
  }

  private setOthersAside({ bus, events, delivery, knownVersions }: EventSubscriptionProps): Rule {
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

/** A rule takes queues of its own region only, for events and for those that it cannot deliver. */
function validatePlaces(scope: Construct, { name, queue, deadLetterQueue }: Delivery): string[] {
  const { region } = Stack.of(scope);
  const elsewhere = [queue, deadLetterQueue].find(
    (one) => one && Token.compareStrings(one.env.region, region) === TokenComparison.DIFFERENT,
  );
  return elsewhere
    ? [
        `the target of an event must be in the region of its rule (${region}), got ${name} in ${elsewhere.env.region}. Create an EventHub in ${elsewhere.env.region}, send it the events by a Rule with its bus as the target, and subscribe there`,
      ]
    : [];
}
