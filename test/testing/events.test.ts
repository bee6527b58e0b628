import { EventBridgeSchema, S3Schema, SnsSchema, SqsSchema } from '@aws-lambda-powertools/parser/schemas';
import { eventBridgeEvent, s3Event, snsEvent, sqsEvent, triggerEvent } from 'cdk-trellis/testing';

/** Returns the paths of all values in an event, for example `Records.0.body`. */
function names(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => names(inner, path ? `${path}.${key}` : key));
}

const ofRecord = (...fields: string[]) => fields.map((field) => `Records.0.${field}`);

// The values of the example in AWS's documentation; the schemas of Powertools have the same.
describe('sqsEvent', () => {
  // https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
  const fields = [
    'messageId',
    'receiptHandle',
    'body',
    'attributes.ApproximateReceiveCount',
    'attributes.SentTimestamp',
    'attributes.SenderId',
    'attributes.ApproximateFirstReceiveTimestamp',
  ];
  const rest = ['md5OfBody', 'eventSource', 'eventSourceARN', 'awsRegion'];

  it('matches the event of SQS', () => {
    const event = sqsEvent([{ body: 'Test message.' }]);
    expect(names(event)).toEqual(ofRecord(...fields, ...rest));
    expect(SqsSchema.parse(event)).toMatchObject(event);
    expect(event.Records[0]).toMatchObject({
      body: 'Test message.',
      md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:queue',
    });
  });

  it('of a FIFO queue has a group and an order', () => {
    const event = sqsEvent([{ body: { orderId: '1' }, groupId: 'ann' }, { body: {} }], 'orders.fifo');
    const [first, second] = event.Records.map(({ attributes }) => attributes);
    expect(SqsSchema.parse(event)).toMatchObject(event);
    expect(first).toMatchObject({ MessageGroupId: 'ann', MessageDeduplicationId: expect.any(String) });
    expect(second!.MessageGroupId).toBe('orders.fifo');
    expect(second!.SequenceNumber! > first!.SequenceNumber!).toBe(true);
    expect(first!.MessageDeduplicationId).not.toBe(second!.MessageDeduplicationId);
  });

  it('has the attributes of a message', () => {
    const [record] = sqsEvent([
      { body: {}, messageId: 'm-1', receiveCount: 3, attributes: { correlationId: 'c-1' } },
    ]).Records;
    expect(record).toMatchObject({
      messageId: 'm-1',
      attributes: { ApproximateReceiveCount: '3' },
      messageAttributes: { correlationId: { dataType: 'String', stringValue: 'c-1' } },
    });
    const ids = sqsEvent([{ body: 1 }, { body: 2 }]).Records.map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(2);
  });
});

describe('snsEvent', () => {
  it('matches the event of SNS', () => {
    const event = snsEvent(
      { message: { orderId: '1' }, subject: 'Placed', attributes: { kind: 'new' } },
      'orders',
    );
    // https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
    const sns = 'SignatureVersion Timestamp Signature SigningCertUrl MessageId Message'.split(' ');
    const attributes = ['MessageAttributes.kind.Type', 'MessageAttributes.kind.Value'];
    const last = ['Type', 'UnsubscribeUrl', 'TopicArn', 'Subject'];
    expect(names(event)).toEqual(
      ofRecord(
        'EventVersion',
        'EventSubscriptionArn',
        'EventSource',
        ...[...sns, ...attributes, ...last].map((name) => `Sns.${name}`),
      ),
    );
    expect(SnsSchema.parse(event)).toMatchObject(event);
    expect(event.Records[0]!.Sns).toMatchObject({
      Message: '{"orderId":"1"}',
      Subject: 'Placed',
      TopicArn: 'arn:aws:sns:us-east-1:123456789012:orders',
    });
  });

  it('has null for no subject', () => {
    const event = snsEvent({ message: 'x' });
    expect(event.Records[0]!.Sns.Subject).toBeNull();
    expect(SnsSchema.safeParse(event).success).toBe(true);
  });
});

describe('eventBridgeEvent', () => {
  it('matches the event of EventBridge', () => {
    const event = eventBridgeEvent({
      source: 'shop.orders',
      detailType: 'OrderPlaced',
      detail: { orderId: '1' },
      resources: ['arn:aws:x'],
    });
    // https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
    expect(names(event)).toEqual([
      ...['version', 'id', 'detail-type', 'source', 'account', 'time', 'region'],
      ...['resources.0', 'detail.orderId'],
    ]);
    expect(EventBridgeSchema.parse(event)).toEqual(event);
    event['detail-type'] satisfies 'OrderPlaced';
    event.detail satisfies { orderId: string };
  });
});

describe('s3Event', () => {
  it('matches the event of S3', () => {
    const event = s3Event({ bucket: 'uploads', key: 'a.jpg', versionId: 'v1' });
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    expect(names(event)).toEqual(
      ofRecord(
        ...['eventVersion', 'eventSource', 'awsRegion', 'eventTime', 'eventName', 'userIdentity.principalId'],
        'requestParameters.sourceIPAddress',
        ...['responseElements.x-amz-request-id', 'responseElements.x-amz-id-2'],
        ...['s3.s3SchemaVersion', 's3.configurationId'],
        ...['s3.bucket.name', 's3.bucket.ownerIdentity.principalId', 's3.bucket.arn'],
        ...['key', 'size', 'eTag', 'versionId', 'sequencer'].map((name) => `s3.object.${name}`),
      ),
    );
    expect(S3Schema.parse(event)).toMatchObject(event);
  });

  it('has an encoded key', () => {
    const keyOf = (key: string) => s3Event({ bucket: 'uploads', key }).Records[0]!.s3.object.key;
    expect(keyOf('2026/red flower (1)+ü.jpg')).toBe('2026/red+flower+%281%29%2B%C3%BC.jpg');
    expect(decodeURIComponent(keyOf('a b+c').replaceAll('+', ' '))).toBe('a b+c');
  });

  it('of a deletion has no size', () => {
    const event = s3Event({ bucket: 'uploads', key: 'a', eventName: 'ObjectRemoved:Delete' });
    expect(Object.keys(event.Records[0]!.s3.object)).toEqual(['key', 'sequencer']);
    expect(S3Schema.safeParse(event).success).toBe(true);
  });
});

describe('triggerEvent', () => {
  it('matches the event of Cognito', () => {
    const event = triggerEvent('preSignUp', {
      source: 'PreSignUp_AdminCreateUser',
      attributes: { sub: 's', email: 'ada@example.com' },
      request: { clientMetadata: { from: 'shop' } },
    });
    // https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-sign-up.html
    expect(names(event)).toEqual([
      ...['version', 'region', 'userPoolId', 'userName', 'triggerSource'],
      ...['callerContext.awsSdkVersion', 'callerContext.clientId'],
      ...['request.userAttributes.sub', 'request.userAttributes.email', 'request.clientMetadata.from'],
      ...['response.autoConfirmUser', 'response.autoVerifyEmail', 'response.autoVerifyPhone'],
    ]);
    expect(event).toMatchObject({ triggerSource: 'PreSignUp_AdminCreateUser', userName: 's' });
  });

  it('is a new object for each test', () => {
    triggerEvent('defineAuthChallenge').request.session.push({
      challengeName: 'CUSTOM_CHALLENGE',
      challengeResult: true,
    });
    expect(triggerEvent('defineAuthChallenge').request.session).toEqual([]);
  });

  it('of a migration has no attributes of the user', () => {
    expect(triggerEvent('userMigration').request).toEqual({ password: 'secret' });
  });

  it('of tokens has the version whose response changes access tokens', () => {
    expect(triggerEvent('preTokenGeneration').version).toBe('2');
  });
});
