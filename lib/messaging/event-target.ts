import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';
import type { EventDefinition, EventOf, PublishedEvent } from '../contract/event.js';
import type { DeliveredEvent } from '../runtime/event.js';

/** Module whose handler accepts the event: one that calls `consume`, or a plain handler of EventBridge events. */
export interface ConsumerModule<E extends EventDefinition> {
  // biome-ignore lint/suspicious/noExplicitAny: a handler may declare any type of context.
  readonly handler: ((event: DeliveredEvent, context: any) => unknown) & Consumes<E>;
}

interface Consumes<E extends EventDefinition> {
  readonly consumes?: (event: EventOf<E>) => void;
}

/** A QueueWorker whose handler accepts the event. */
export interface WorkerTarget<E extends EventDefinition> extends IConstruct, Consumes<E> {
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;
}

/** A construct of this library around a state machine, which starts with the event's data. */
export interface WorkflowTarget<E extends EventDefinition> extends IConstruct {
  readonly stateMachine: IStateMachine;
  readonly starts?: (input: PublishedEvent<E>['data']) => void;
}

/** Target of an event besides a handler: a worker, a queue, a function, a workflow. */
export type EventTarget<E extends EventDefinition> =
  | WorkerTarget<E>
  | WorkflowTarget<E>
  | IQueue
  | IStateMachine
  | (IFunction & { readonly module?: ConsumerModule<E> });
