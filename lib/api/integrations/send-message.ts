import type { CfnQueue, IQueue } from 'aws-cdk-lib/aws-sqs';
import { allow, allowKey, type Bindable } from '../../bindings/bindable.js';
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
   * Attributes of the message with values of the request, as in `{ customerId: 'user.sub' }`: the body says nothing of
   * who has sent it. At most 10.
   * @default - none
   */
  readonly attributes?: Readonly<Record<string, RequestValue>>;
  /** Which messages keep their order among one another. Required for a FIFO queue. */
  readonly groupId?: RequestValue;
  /**
   * By what a FIFO queue knows that a message has come before: SQS drops it in silence within five minutes.
   * @default - the request's id, so that nothing is dropped; by its content where a queue of your own is declared so
   */
  readonly deduplicationId?: RequestValue;
}

/** What the operation answers. */
export interface SentMessage {
  /** The id that SQS has given the message. */
  readonly messageId: string;
}

/**
 * Sends the body of the request to a queue, without a function: what waits costs nothing, and a burst is taken as fast
 * as it comes. API Gateway checks the body against its model and needs the content type JSON; it checks less than the
 * contract does (no patterns, no whole numbers), so that whoever reads the queue parses it again, by the contract's
 * schema. A message takes 1 MB at most (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html);
 * what SQS refuses is answered 502.
 *
 * @throws Error, by `Api`, when the operation has no JSON body, or answers something else than `{ messageId }`
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

  protected override ownErrors(operation: Operation): string[] {
    const { attributes = {}, groupId, deduplicationId } = this.options;
    const names = Object.keys(attributes);
    const values = { ...(groupId && { groupId }), ...(deduplicationId && { deduplicationId }) };
    return [
      ...(names.length > MAX_ATTRIBUTES
        ? [`\`attributes\` must be at most ${MAX_ATTRIBUTES}, got ${names.length}`]
        : []),
      ...names
        .filter((name) => !ATTRIBUTE_NAME.test(name))
        .map(
          (name) => `\`attributes\` must have names of letters, digits, hyphens and points, got "${name}"`,
        ),
      ...(this.queue.fifo && !groupId
        ? ['`groupId` must be set, for the queue is a FIFO queue, got undefined']
        : []),
      ...(!this.queue.fifo && deduplicationId
        ? ['`deduplicationId` is for a FIFO queue, got another queue']
        : []),
      ...Object.entries({ ...attributes, ...values }).flatMap(([name, value]) =>
        validateValue(`\`${name}`, value, operation),
      ),
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

  /** The Query protocol of SQS: every value is encoded, so that none can add a field. */
  private form(): string {
    const { groupId, deduplicationId } = this.options;
    const value = (one: RequestValue) => `$util.urlEncode(${expressionOf(one)})`;
    const attributes = Object.entries(this.options.attributes ?? {}).map(([name, one]) => [name, value(one)]);
    const isNamed = attributes.some(([name]) => name === ID_ATTRIBUTE);
    // What a worker with `idempotency()` knows the message by, also after a redrive.
    if (!isNamed && attributes.length < MAX_ATTRIBUTES) attributes.push([ID_ATTRIBUTE, '$context.requestId']);
    return [
      'Action=SendMessage',
      'Version=2012-11-05',
      'MessageBody=$util.urlEncode($input.body)',
      ...(groupId ? [`MessageGroupId=${value(groupId)}`] : []),
      ...(deduplicationId
        ? [`MessageDeduplicationId=${value(deduplicationId)}`]
        : this.queue.fifo && !isContentBased(this.queue)
          ? ['MessageDeduplicationId=$context.requestId']
          : []),
      ...attributes.flatMap(([name, text], at) => [
        `MessageAttribute.${at + 1}.Name=${name}`,
        `MessageAttribute.${at + 1}.Value.DataType=String`,
        `MessageAttribute.${at + 1}.Value.StringValue=${text}`,
      ]),
    ].join('&');
  }

  protected answerOf(): ServiceResponse {
    return {
      sample: { messageId: '5fea7756-0ea4-451a-a703-a558b933e274' },
      template: `{"messageId":"$input.path('$.SendMessageResponse.SendMessageResult.MessageId')"}`,
    };
  }
}

/** A QueueWorker's queue is declared so for senders that give no id. */
function isContentBased(queue: IQueue): boolean {
  const isOfWorker = (queue.node.scope as Partial<Bindable<'queue'>> | undefined)?.bindingKind === 'queue';
  const resource = queue.node.defaultChild as CfnQueue | undefined;
  return resource?.contentBasedDeduplication === true && !isOfWorker;
}
