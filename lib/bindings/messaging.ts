import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { allow, allowKey, type Bindable, bindable } from './bindable.js';

/** Binds an SQS queue. */
export function queueBinding(queue: IQueue): Bindable<'queue'> {
  return bindable('queue', { send: 'SendMessage' }, () => ({
    value: queue.queueUrl,
    resource: queue,
    statements: [
      allow('sqs', ['SendMessage'], [queue.queueArn]),
      ...allowKey(queue.encryptionMasterKey, true),
    ],
  }));
}

/** Binds an EventBridge bus. */
export function busBinding(bus: IEventBus): Bindable<'bus'> {
  return bindable('bus', { publish: 'PutEvents' }, () => ({
    value: bus.eventBusName,
    resource: bus,
    valueElsewhere: bus.eventBusArn,
    statements: [allow('events', ['PutEvents'], [bus.eventBusArn])],
  }));
}

/** Binds an SNS topic. */
export function topicBinding(topic: ITopic): Bindable<'topic'> {
  return bindable('topic', { publish: 'Publish' }, () => ({
    value: topic.topicArn,
    resource: topic,
    statements: [allow('sns', ['Publish'], [topic.topicArn]), ...allowKey(topic.masterKey, true)],
  }));
}
