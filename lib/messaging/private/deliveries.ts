import { type IRuleTarget, RuleTargetInput, type RuleTargetInputProperties } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue, type TargetBaseProps } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { EventDefinition } from '../../contract/event.js';
import { HandlerFunction } from '../../function/handler-function.js';
import type { EventTarget } from '../event-target.js';
import { validateHandlerKind } from '../handlers.js';

/** Delivery of an event to a target. */
export interface Delivery {
  /** Name of the target in descriptions. */
  readonly name: string;
  /** Receiver of an event that is redriven; messages of a queue are redriven by SQS itself. */
  readonly arn?: string;
  /** Queue that gets the event, if the target is one. */
  readonly queue?: IQueue;
  /** Queue of events that cannot be delivered, if the target has one. */
  readonly deadLetterQueue?: IQueue;
  readonly errors: readonly string[];
  /** @param queue the queue in the form that the rule needs, if the target is one */
  target(policy: TargetBaseProps, queue?: IQueue): IRuleTarget;
}

/** A target with a queue for events that it failed to handle. */
interface HoldsFailures {
  ensureFailureQueue(): void;
  readonly failures: IQueue | undefined;
}

/**
 * Returns the delivery to a target.
 *
 * @param name name of the target, if it represents another one
 * @throws Error for a value that is not a target
 */
export function deliveryTo(target: EventTarget<EventDefinition>, name?: string): Delivery {
  if (typeof target !== 'object' || target === null) throw invalidTarget();
  if ('queue' in target) return toQueue(target.queue, target.node.path, target.deadLetterQueue);
  if ('queueArn' in target) return toQueue(target, target.node.path);
  if ('functionArn' in target) return toFunction(target, name);
  throw invalidTarget();
}

const invalidTarget = () =>
  new Error('The target of an event must be a handler, a QueueWorker, a queue, a function or a workflow');

function toFunction(fn: IFunction & Partial<HoldsFailures>, name = fn.node.path): Delivery {
  fn.ensureFailureQueue?.();
  return {
    name,
    arn: fn.functionArn,
    ...(fn.failures && { deadLetterQueue: fn.failures }),
    errors: fn instanceof HandlerFunction ? validateHandlerKind(fn, 'consume') : [],
    target: (policy) => new LambdaFunction(fn, policy),
  };
}

function toQueue(queue: IQueue, name: string, deadLetterQueue?: IQueue): Delivery {
  return {
    name,
    ...(deadLetterQueue && { deadLetterQueue }),
    errors: queue.fifo
      ? [
          'the target of an event must not be a FIFO queue: EventBridge does not keep the order. Use a standard queue, and `ifNewer` in the handler',
        ]
      : [],
    queue,
    target: (policy, ruleQueue = queue) => new SqsQueue(ruleQueue, policy),
  };
}

/** Returns the workflow of a target, which a function starts. */
export function workflowOf(
  target: EventTarget<EventDefinition>,
): { readonly stateMachine: IStateMachine; readonly isSaga: boolean } | undefined {
  if (typeof target !== 'object' || target === null) return undefined;
  if ('stateMachine' in target) return { stateMachine: target.stateMachine, isSaga: true };
  return 'stateMachineArn' in target ? { stateMachine: target, isSaga: false } : undefined;
}

/**
 * Returns the message for an event whose version its target does not understand: the event, the reason and the target.
 * For a queue it is the event alone, since SQS itself moves such messages back.
 */
export function refusedInput(
  events: readonly EventDefinition[],
  { arn, name }: Delivery,
): RuleTargetInput | undefined {
  if (arn === undefined) return undefined;
  const versions = events.map(({ version }) => version).join(', ');
  const refused = `${events[0]?.name}: ${name} understands the versions ${versions}`;
  return new WholeEvent(refused, arn);
}

/** Input with the whole event beside other fields, which CDK's own inputs do not support. */
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
