import { Archive, EventBus, type EventBusProps, type IEventBus } from 'aws-cdk-lib/aws-events';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Bindable, Binding } from '../bindings/binding.js';
import { busBinding } from '../bindings/messaging.js';
import { definedProps } from '../construct/defined-props.js';
import type { EventDefinition } from '../contract/event.js';
import type { FailureOptions } from '../function/base-function-options.js';
import { HandlerFunction } from '../function/handler-function.js';
import type { BindProp, NodeFunctionOptions } from '../function/node-function-props.js';
import { applyTarget } from '../target/apply-target.js';
import { EventSubscription, type EventSubscriptionOptions } from './event-subscription.js';
import type { ConsumerModule, EventTarget } from './event-target.js';
import { encryptArchive } from './private/archive-key.js';
import { type Delivery, deliveryTo, workflowOf } from './private/deliveries.js';
import { createStarter } from './private/workflow-starter.js';

/** Options of `on`. */
export interface OnOptions extends EventSubscriptionOptions {
  /** The id of the subscription; required when the same event is subscribed to a second time. @default - the event's name */
  readonly id?: string;
}

/** Options of `on` with a handler: those of its function, too. `bind` is required exactly when the handler has needs. */
export type OnHandlerOptions<Module> = OnOptions & NodeFunctionOptions & BindProp<Module>;

type Arguments<Options> = Partial<Options> extends Options ? [options?: Options] : [options: Options];

/** A bus that events are published on and subscribed to: an `EventHub`, or one of another stack. */
export abstract class EventHubBase extends Construct implements Bindable<'bus'> {
  readonly bindingKind = 'bus';
  /** The bus underneath. */
  abstract readonly bus: IEventBus;
  private readonly versions = new Map<string, Set<number>>();

  /**
   * Sends an event to a handler of its own: the function is made here, and what it fails to handle lands in its
   * failure queue.
   *
   * @param event the event, or the versions of it that the handler understands
   */
  on<E extends EventDefinition, Module extends ConsumerModule<E>>(
    event: E | readonly E[],
    handler: () => Promise<Module>,
    ...options: Arguments<OnHandlerOptions<Module>>
  ): EventSubscription;
  /**
   * Sends an event to a QueueWorker, a queue, a function, or a workflow. A workflow is started with the event's data by a
   * function made here, in an execution named by the event's id: once, however often the event is delivered, published
   * again, replayed or redriven in the 90 days for which Step Functions keeps the name. (An express one starts again.)
   *
   * @throws Error when it is subscribed to a second time without an `id`; when the target is a FIFO queue, or
   *   a function whose handler is made for something else
   */
  on<E extends EventDefinition>(
    event: E | readonly E[],
    target: EventTarget<E>,
    options?: OnOptions,
  ): EventSubscription;
  on(
    event: EventDefinition | readonly EventDefinition[],
    target: (() => Promise<unknown>) | EventTarget<EventDefinition>,
    options: OnOptions & Record<string, unknown> = {},
  ): EventSubscription {
    const events = [event].flat() as EventDefinition[];
    if (events.some((one) => typeof one?.name !== 'string' || one.schema === undefined)) {
      throw new Error(
        `\`on\` must be given an event made with \`defineEvent\`, or several versions of one (at ${this.node.path})`,
      );
    }
    const { id = events[0]?.name ?? 'Event', maxEventAge, retryAttempts, where, alarm, ...own } = options;
    if (this.node.tryFindChild(id)) {
      throw new Error(
        `\`on\` has been called for ${id} before: give this one an id, as in \`on(${id}, ..., { id: 'Bill${id}' })\` (at ${this.node.path})`,
      );
    }
    const scope = new Construct(this, id);
    const known = this.subscribed(events);
    return new EventSubscription(scope, 'Subscription', {
      bus: this.bus,
      events,
      knownVersions: () => [...known].sort((a, b) => a - b),
      delivery: this.deliver(scope, events, target, own, alarm),
      ...{ maxEventAge, retryAttempts, where, alarm },
    });
  }

  bindingFor(access: string): Binding {
    return busBinding(this.bus).bindingFor(access);
  }

  /** The versions of the event that are subscribed to here; a service may have a handler for each. */
  private subscribed(events: readonly EventDefinition[]): Set<number> {
    const name = `${events[0]?.source} ${events[0]?.name}`;
    const known = this.versions.get(name) ?? new Set();
    this.versions.set(name, known);
    for (const { version } of events) known.add(version);
    return known;
  }

  /** Makes the function where the target is a handler, or a workflow, which a rule could not start by a name. */
  private deliver(
    scope: Construct,
    events: readonly EventDefinition[],
    target: (() => Promise<unknown>) | EventTarget<EventDefinition>,
    options: Record<string, unknown>,
    alarm: OnOptions['alarm'],
  ): Delivery {
    const failures = { alarm, ...definedProps(options.failures as FailureOptions | undefined) };
    if (typeof target === 'function') {
      return deliveryTo(
        new HandlerFunction(scope, 'Function', { ...options, failures, handler: target } as never),
      );
    }
    const workflow = workflowOf(target);
    if (!workflow) return deliveryTo(target);
    return deliveryTo(createStarter(scope, { ...workflow, events, failures }), target.node.path);
  }
}

export interface EventHubProps {
  /**
   * Path of the Systems Manager parameter that other stacks find the hub by, as in `/storefront/events`:
   * `EventHub.fromPublished(this, 'Events', '/storefront/events')`. Unlike an export, it never keeps this stack
   * from changing.
   * @default - not published
   */
  readonly publishAs?: string;
  /**
   * For how long events are kept so that they can be replayed; `false` for not at all.
   * @default Duration.days(30)
   */
  readonly archive?: Duration | false;
  /** Any property of the bus underneath, such as `kmsKey`; it wins over the defaults. */
  readonly bus?: EventBusProps;
}

/**
 * A bus for events: services publish what has happened, and others subscribe to it without knowing them.
 *
 * An Amazon EventBridge bus, encrypted with a key of AWS's own, without a policy (only this account's principals, by
 * their own policies), and with an archive of 30 days. Each subscription has a dead-letter queue, a retry policy, and
 * a place for events of a version that it does not understand.
 *
 * Costs nothing at rest but the archive's storage ($0.023 per GB and month); $1.00 per million events published, and
 * $0.10 per GB archived (us-east-1, https://aws.amazon.com/eventbridge/pricing/).
 *
 * @example
 * import { EventHub } from 'cdk-trellis';
 * import { OrderPlaced } from '../contracts/orders.js';
 *
 * const events = new EventHub(stack, 'Events', { publishAs: '/storefront/events' });
 * // A handler that publishes is given `bind: { placed: events }`.
 * events.on(OrderPlaced, () => import('../lambda/on-order-placed.js'));
 */
export class EventHub extends EventHubBase {
  readonly bus: EventBus;
  /** Where events are kept for a replay. */
  readonly archive: Archive | undefined;

  constructor(scope: Construct, id: string, props: EventHubProps = {}) {
    super(scope, id);
    const { publishAs, archive = Duration.days(30), bus } = props;
    applyTarget(this);
    this.bus = new EventBus(this, 'Bus', bus);
    this.archive = archive
      ? new Archive(this, 'Archive', {
          sourceEventBus: this.bus,
          retention: archive,
          // Everything of this account: what services of AWS and other accounts send has no place on this bus.
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

  /** A hub that another stack has published with `publishAs`. */
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
