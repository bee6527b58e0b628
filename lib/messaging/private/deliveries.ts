import { type IRuleTarget, RuleTargetInput, type RuleTargetInputProperties } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue, type TargetBaseProps } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { EventDefinition } from '../../contract/event.js';
import { HandlerFunction } from '../../function/handler-function.js';
import type { EventTarget } from '../event-target.js';
import { refuseOtherHandler } from '../handlers.js';

/** How a target gets an event. */
export interface Delivery {
  /** What the target is called in descriptions. */
  readonly name: string;
  /** Who gets an event that is sent again by hand; a queue's messages go back by SQS itself. */
  readonly arn?: string;
  /** The queue that gets the event, where it is one. */
  readonly queue?: IQueue;
  /** Where events land that cannot be delivered, if the target has a place for them. */
  readonly deadLetterQueue?: IQueue;
  readonly errors: readonly string[];
  /** @param queue the queue as the rule is to be given it, where the target is one */
  target(policy: TargetBaseProps, queue?: IQueue): IRuleTarget;
}

/** Something with a place for events that it failed to handle. */
interface HoldsFailures {
  ensureFailureQueue(): void;
  readonly failures: IQueue | undefined;
}

/**
 * @param name what the target is called, if it stands for another one
 * @throws Error when it is nothing that events can be sent to
 */
export function deliveryTo(target: EventTarget<EventDefinition>, name?: string): Delivery {
  if (typeof target !== 'object' || target === null) throw noTarget();
  if ('queue' in target) return toQueue(target.queue, target.node.path, target.deadLetterQueue);
  if ('queueArn' in target) return toQueue(target, target.node.path);
  if ('functionArn' in target) return toFunction(target, name);
  throw noTarget();
}

const noTarget = () =>
  new Error('The target of an event must be a handler, a QueueWorker, a queue, a function or a workflow');

function toFunction(fn: IFunction & Partial<HoldsFailures>, name = fn.node.path): Delivery {
  fn.ensureFailureQueue?.();
  return {
    name,
    arn: fn.functionArn,
    ...(fn.failures && { deadLetterQueue: fn.failures }),
    errors: fn instanceof HandlerFunction ? refuseOtherHandler(fn, 'consume') : [],
    target: (policy) => new LambdaFunction(fn, policy),
  };
}

function toQueue(queue: IQueue, name: string, deadLetterQueue?: IQueue): Delivery {
  return {
    name,
    ...(deadLetterQueue && { deadLetterQueue }),
    errors: queue.fifo
      ? [
          'the target of an event must not be a FIFO queue: EventBridge keeps no order. Take a standard queue, and `ifNewer` in the handler',
        ]
      : [],
    queue,
    target: (policy, given = queue) => new SqsQueue(given, policy),
  };
}

/** The workflow that a target is, or has: a function starts it. */
export function workflowOf(
  target: EventTarget<EventDefinition>,
): { readonly stateMachine: IStateMachine; readonly isSaga: boolean } | undefined {
  if (typeof target !== 'object' || target === null) return undefined;
  if ('stateMachine' in target) return { stateMachine: target.stateMachine, isSaga: true };
  return 'stateMachineArn' in target ? { stateMachine: target, isSaga: false } : undefined;
}

/**
 * What lies in the dead-letter queue of an event whose version its target does not understand: the event, why it is
 * there and whom to send it to. A queue's messages must be as the queue gets them, for SQS itself moves them back.
 */
export function refusedInput(
  events: readonly EventDefinition[],
  { arn, name }: Delivery,
): RuleTargetInput | undefined {
  if (arn === undefined) return undefined;
  const known = events.map(({ version }) => version).join(', ');
  const refused = `${events[0]?.name}: ${name} understands the versions ${known}`;
  return new WholeEvent(refused, arn);
}

/** CDK's own inputs cannot hold the event as a whole next to something else. */
class WholeEvent extends RuleTargetInput {
  constructor(
    private readonly refused: string,
    private readonly target: string,
  ) {
    super();
  }

  override bind(): RuleTargetInputProperties {
    const { refused, target } = this;
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    return {
      inputTemplate: `{"refused":${JSON.stringify(refused)},"target":"${target}","event":<aws.events.event.json>}`,
      inputPathsMap: {},
    };
  }
}
