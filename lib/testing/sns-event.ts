import type { SNSEvent } from 'aws-lambda';
import { ACCOUNT, REGION } from './lambda-context.js';

export interface SnsNotification {
  /** An object is sent as JSON, text as it is. */
  readonly message: unknown;
  /** @default - none */
  readonly subject?: string;
  /** Texts; other types of attributes are rare. @default - none */
  readonly attributes?: Readonly<Record<string, string>>;
}

/**
 * The event that SNS invokes a function with: one notification at a time.
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
          // SNS says null, which the types do not know.
          Subject: (subject ?? null) as string,
        },
      },
    ],
  };
}
