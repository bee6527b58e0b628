import type { CfnQueue, IQueue } from 'aws-cdk-lib/aws-sqs';
import { allow, allowKey, type Bindable } from '../../bindings/bindable.js';
import { field } from '../../contract/field-path.js';
import type { Operation } from '../../contract/operation.js';
import { ID_ATTRIBUTE } from '../../runtime/message-attributes.js';
import {
  type ServiceCall,
  ServiceIntegration,
  type ServiceResponse,
} from '../private/service-integration.js';
import { expressionOf, validateValue } from '../private/vtl.js';
import type { Integration, RequestValue } from './integration.js';

export interface SendMessageOptions {
  /**
   * Attributes of the message with values of the request, as in `{ customerId: 'user.sub' }`: the body does not
   * identify the caller. At most 10.
   * @default - none
   */
  readonly attributes?: Readonly<Record<string, RequestValue>>;
  /** The message group, in which messages keep their order. Required for a FIFO queue. */
  readonly groupId?: RequestValue;
  /**
   * The deduplication id of a FIFO queue: SQS silently drops a message whose id it received within five minutes.
   * @default - the request's id, so that no message is dropped; a hash of the body if the queue has
   * `contentBasedDeduplication`
   */
  readonly deduplicationId?: RequestValue;
}

/** The response of the operation. */
export interface SentMessage {
  /** The message's id from SQS. */
  readonly messageId: string;
}

/**
 * Sends the body of the request to a queue, without a function: a waiting message costs nothing, and the queue absorbs
 * bursts. API Gateway requires the content type JSON and validates the body with its model, which is weaker than the
 * contract (no patterns, no integers): consumers must parse it with the contract's schema. A message is at most 1 MB
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html). The API responds
 * 502 when SQS rejects the message.
 *
 * @throws Error, from `Api`, when the operation has no JSON body, or a response other than `{ messageId }`
 * @example
 * import { Queue } from 'aws-cdk-lib/aws-sqs';
 * import { sendMessage } from 'cdk-trellis';
 *
 * const routes = { placeOrder: sendMessage(new Queue(stack, 'Orders'), { attributes: { customerId: 'user.sub' } }) };
 */
export function sendMessage(queue: IQueue, options: SendMessageOptions = {}): Integration<SentMessage> {
  return new SendMessage(queue, options);
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
const MAX_ATTRIBUTES = 10;
const ATTRIBUTE_NAME = /^(?!(aws|amazon)\.)(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;

class SendMessage extends ServiceIntegration<SentMessage> {
  protected readonly function = 'sendMessage';
  protected readonly takesBody = true;

  constructor(
    private readonly queue: IQueue,
    private readonly options: SendMessageOptions,
  ) {
    super();
  }

  protected override validateOptions(operation: Operation): string[] {
    const { attributes = {}, groupId, deduplicationId } = this.options;
    const names = Object.keys(attributes);
    const values = { ...(groupId && { groupId }), ...(deduplicationId && { deduplicationId }) };
    return [
      ...(names.length > MAX_ATTRIBUTES
        ? [`\`attributes\` must have at most ${MAX_ATTRIBUTES} attributes, got ${names.length}`]
        : []),
      ...names
        .filter((name) => !ATTRIBUTE_NAME.test(name))
        .map(
          (name) => `\`attributes\` must have names of letters, digits, hyphens and points, got "${name}"`,
        ),
      ...(this.queue.fifo && !groupId ? ['`groupId` must be set for a FIFO queue, got undefined'] : []),
      ...(!this.queue.fifo && deduplicationId
        ? ['`deduplicationId` requires a FIFO queue, got a standard queue']
        : []),
      ...Object.entries(attributes).flatMap(([name, value]) =>
        validateValue(field('attributes', name), value, operation),
      ),
      ...Object.entries(values).flatMap(([name, value]) => validateValue(field(name), value, operation)),
    ];
  }

  protected call(): ServiceCall {
    const { queue } = this;
    return {
      region: queue.env.region,
      target: `sqs:path/${queue.env.account}/${queue.queueName}`,
      request: this.form(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      statements: [
        allow('sqs', ['SendMessage'], [queue.queueArn]),
        ...allowKey(queue.encryptionMasterKey, true),
      ],
    };
  }

  /** Returns the form of SQS's query protocol. Every value is encoded, so that a value cannot add a field. */
  private form(): string {
    const { groupId, deduplicationId } = this.options;
    const encoded = (value: RequestValue) => `$util.urlEncode(${expressionOf(value)})`;
    const attributes = Object.entries(this.options.attributes ?? {}).map(([name, value]) => [
      name,
      encoded(value),
    ]);
    const hasId = attributes.some(([name]) => name === ID_ATTRIBUTE);
    // A worker with `idempotency()` identifies the message by it, also after a redrive.
    if (!hasId && attributes.length < MAX_ATTRIBUTES) attributes.push([ID_ATTRIBUTE, '$context.requestId']);
    return [
      'Action=SendMessage',
      'Version=2012-11-05',
      'MessageBody=$util.urlEncode($input.body)',
      ...(groupId ? [`MessageGroupId=${encoded(groupId)}`] : []),
      ...(deduplicationId
        ? [`MessageDeduplicationId=${encoded(deduplicationId)}`]
        : this.queue.fifo && !isContentBased(this.queue)
          ? ['MessageDeduplicationId=$context.requestId']
          : []),
      ...attributes.flatMap(([name, value], index) => [
        `MessageAttribute.${index + 1}.Name=${name}`,
        `MessageAttribute.${index + 1}.Value.DataType=String`,
        `MessageAttribute.${index + 1}.Value.StringValue=${value}`,
      ]),
    ].join('&');
  }

  protected responseOf(): ServiceResponse {
    return {
      sample: { messageId: '5fea7756-0ea4-451a-a703-a558b933e274' },
      template: `{"messageId":"$input.path('$.SendMessageResponse.SendMessageResult.MessageId')"}`,
    };
  }
}

/** Returns whether the queue deduplicates by content. A QueueWorker's queue does only for senders without an id. */
function isContentBased(queue: IQueue): boolean {
  const isOfWorker = (queue.node.scope as Partial<Bindable<'queue'>> | undefined)?.bindingKind === 'queue';
  const resource = queue.node.defaultChild as CfnQueue | undefined;
  return resource?.contentBasedDeduplication === true && !isOfWorker;
}
