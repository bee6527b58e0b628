import { Archive, EventBus, type EventBusProps, type IEventBus } from 'aws-cdk-lib/aws-events';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { assertProps } from '../construct/assert-props.js';
import { applyTarget } from '../target/apply-target.js';
import { EventHubBase } from './event-hub-base.js';
import { encryptArchive } from './private/archive-key.js';

/** Properties of an EventHub. */
export interface EventHubProps {
  /**
   * Path of the Systems Manager parameter by which other stacks find the hub, as in `/storefront/events`:
   * `EventHub.fromPublished(this, 'Events', '/storefront/events')`. Unlike an export, it never prevents changes of this
   * stack.
   * @default - not published
   */
  readonly publishAs?: string;
  /**
   * Time for which events are kept for replays; `false` disables the archive.
   * @default Duration.days(30)
   */
  readonly archive?: Duration | false;
  /** Properties of the bus, such as `kmsKey`; they override the defaults. */
  readonly bus?: EventBusProps;
}

/**
 * A bus for events: services publish events, and others subscribe without knowing the publishers.
 *
 * An Amazon EventBridge bus, encrypted with an AWS owned key, without a policy (only principals of this account, by
 * their own policies), and with an archive of 30 days. Each subscription has a dead-letter queue, a retry policy, and
 * a rule for events of unknown versions.
 *
 * At rest only the archive's storage costs ($0.023 per GB and month). In use: $1.00 per million published events, and
 * $0.10 per GB archived (us-east-1, https://aws.amazon.com/eventbridge/pricing/).
 *
 * @example
 * import { EventHub } from 'cdk-trellis';
 * import { OrderPlaced } from '../contracts/orders.js';
 *
 * const events = new EventHub(stack, 'Events', { publishAs: '/storefront/events' });
 * // A handler that publishes has `bind: { placed: events }`.
 * events.on(OrderPlaced, () => import('../lambda/on-order-placed.js'));
 */
export class EventHub extends EventHubBase {
  // With `exactOptionalPropertyTypes` CDK's EventBus alone is not assignable to its IEventBus.
  readonly bus: EventBus & IEventBus;
  /** Archive for replays. */
  readonly archive: Archive | undefined;

  constructor(scope: Construct, id: string, props: EventHubProps = {}) {
    super(scope, id);
    assertProps(this, 'EventHub', props, new.target === EventHub);
    const { publishAs, archive = Duration.days(30), bus } = props;
    applyTarget(this);
    this.bus = new EventBus(this, 'Bus', bus);
    this.archive = archive
      ? new Archive(this, 'Archive', {
          sourceEventBus: this.bus,
          retention: archive,
          // Only events of this account: AWS services and other accounts do not publish on this bus.
          eventPattern: { account: [this.bus.env.account] },
        })
      : undefined;
    if (this.archive && bus?.kmsKey) encryptArchive(this.archive, bus.kmsKey);
    if (publishAs) {
      new StringParameter(this, 'Published', {
        parameterName: parameterName(publishAs),
        stringValue: this.bus.eventBusName,
      });
    }
  }

  /** Returns the hub that another stack has published with `publishAs`. */
  static fromPublished(scope: Construct, id: string, path: string): EventHubBase {
    return new PublishedEventHub(scope, id, path);
  }
}

class PublishedEventHub extends EventHubBase {
  readonly bus: IEventBus;

  constructor(scope: Construct, id: string, path: string) {
    super(scope, id);
    const name = StringParameter.valueForStringParameter(this, parameterName(path));
    this.bus = EventBus.fromEventBusName(this, 'Bus', name);
  }
}

function parameterName(path: string): string {
  return `${path.replace(/\/$/, '')}/event-bus-name`;
}
