import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { Bindable, Binding } from '../bindings/binding.js';
import { bus } from '../bindings/kinds/bus.js';
import { definedProps } from '../construct/defined-props.js';
import type { EventDefinition } from '../contract/event.js';
import type { FailureOptions } from '../function/base-function-options.js';
import { HandlerFunction } from '../function/handler-function.js';
import type { BindProp, NodeFunctionOptions } from '../function/node-function-props.js';
import { EventSubscription, type EventSubscriptionOptions } from './event-subscription.js';
import type { ConsumerModule, EventTarget } from './event-target.js';
import { type Delivery, deliveryTo, workflowOf } from './private/deliveries.js';
import { createStarter } from './private/workflow-starter.js';

/** Options of `on`. */
export interface OnOptions extends EventSubscriptionOptions {
  /** Id of the subscription; required for a second subscription to the same event. @default - the event's name */
  readonly id?: string;
}

/** Options of `on` with a handler, including those of its function. `bind` is required exactly if the handler has needs. */
export type OnHandlerOptions<Module> = OnOptions & NodeFunctionOptions & BindProp<Module>;

type Arguments<Options> = Partial<Options> extends Options ? [options?: Options] : [options: Options];

/** A bus to publish events on and subscribe to: an `EventHub`, or one of another stack. */
export abstract class EventHubBase extends Construct implements Bindable<'bus'> {
  readonly bindingKind = 'bus';
  /** The bus. */
  abstract readonly bus: IEventBus;
  private readonly versions = new Map<string, Set<number>>();

  /**
   * Sends an event to a handler, whose function is created here. Events that it fails to handle are moved to its failure
   * queue.
   *
   * @param event the event, or the versions of it that the handler accepts
   */
  on<E extends EventDefinition, Module extends ConsumerModule<E>>(
    event: E | readonly E[],
    handler: () => Promise<Module>,
    ...options: Arguments<OnHandlerOptions<Module>>
  ): EventSubscription;
  /**
   * Sends an event to a QueueWorker, a queue, a function, or a workflow. A workflow is started with the event's data by
   * a function created here. The execution has the event's id as its name, so it starts once, however often the event is
   * delivered, published, replayed or redriven in the 90 days for which Step Functions keeps the name. (An express
   * workflow starts again.)
   *
   * @throws Error for a second subscription without an `id`, a FIFO queue as the target, or a function whose handler is
   *   for another source
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
    if (events.some((value) => typeof value?.name !== 'string' || value.schema === undefined)) {
      throw new Error(
        `\`on\` must have an event of \`defineEvent\`, or several versions of one (at ${this.node.path})`,
      );
    }
    const {
      id = events[0]?.name ?? 'Event',
      maxEventAge,
      retryAttempts,
      where,
      alarm,
      ...functionOptions
    } = options;
    if (this.node.tryFindChild(id)) {
      throw new Error(
        `\`id\` is required, because ${id} already has a subscription. Set one, as in \`on(${id}, ..., { id: 'Bill${id}' })\` (at ${this.node.path})`,
      );
    }
    const scope = new Construct(this, id);
    const subscribedVersions = this.subscribed(events);
    return new EventSubscription(scope, 'Subscription', {
      bus: this.bus,
      events,
      knownVersions: () => [...subscribedVersions].sort((a, b) => a - b),
      delivery: this.deliver(scope, events, target, functionOptions, alarm),
      ...{ maxEventAge, retryAttempts, where, alarm },
    });
  }

  bindingFor(access: string): Binding {
    return bus.bind(this.bus).bindingFor(access);
  }

  /** Records the versions of the event that have a subscription here; a service may have a handler for each. */
  private subscribed(events: readonly EventDefinition[]): Set<number> {
    const name = `${events[0]?.source} ${events[0]?.name}`;
    const subscribed = this.versions.get(name) ?? new Set();
    this.versions.set(name, subscribed);
    for (const { version } of events) subscribed.add(version);
    return subscribed;
  }

  /** Creates the function of a handler, or of a workflow: a rule cannot name the execution that it starts. */
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
