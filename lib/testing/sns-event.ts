import type { SNSEvent } from 'aws-lambda';
import { ACCOUNT, REGION } from './lambda-context.js';

/** Options of `snsEvent`. */
export interface SnsNotification {
  /** Message; an object is sent as JSON, text unchanged. */
  readonly message: unknown;
  /** @default - none */
  readonly subject?: string;
  /** Attributes of the type String. @default - no attributes */
  readonly attributes?: Readonly<Record<string, string>>;
}

/**
 * Creates the event of an SNS subscription, which has one notification.
 *
 * @param topicName @default 'topic'
 * @example
 * import { snsEvent } from 'cdk-trellis/testing';
 *
 * const event = snsEvent({ message: { orderId: '1' }, subject: 'Placed' });
 */
export function snsEvent(
  { message, subject, attributes = {} }: SnsNotification,
  topicName = 'topic',
): SNSEvent {
  const topicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:${topicName}`;
  const subscriptionArn = `${topicArn}:00000000-0000-4000-8000-000000000000`;
  const endpoint = `https://sns.${REGION}.amazonaws.com`;
  return {
    Records: [
      {
        EventVersion: '1.0',
        EventSubscriptionArn: subscriptionArn,
        EventSource: 'aws:sns',
        Sns: {
          SignatureVersion: '1',
          Timestamp: '2026-01-01T00:00:00.000Z',
          Signature: 'signature',
          SigningCertUrl: `${endpoint}/certificate.pem`,
          MessageId: '00000000-0000-4000-8000-000000000001',
          Message: typeof message === 'string' ? message : JSON.stringify(message),
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, Value]) => [name, { Type: 'String', Value }]),
          ),
          Type: 'Notification',
          UnsubscribeUrl: `${endpoint}/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`,
          TopicArn: topicArn,
          // SNS sends null, which the types do not declare.
          Subject: (subject ?? null) as string,
        },
      },
    ],
  };
}
