import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { allow } from '../../bindings/bindable.js';
import type { Operation } from '../../contract/operation.js';
import {
  type ServiceCall,
  ServiceIntegration,
  type ServiceResponse,
} from '../private/service-integration.js';
import { jsonText, payloadOf, refuseTemplate, validatePayload } from '../private/vtl.js';
import type { Integration, RequestValue } from './integration.js';

export interface PutEventsOptions {
  /** Who says so: 1 to 256 characters, as in `shop.orders`; those that begin with `aws.` are for AWS. */
  readonly source: string;
  /** What has happened: 1 to 128 characters, as in `OrderPlaced`. */
  readonly detailType: string;
  /**
   * Values of the request that the event's detail has besides the body, as in `{ customerId: 'user.sub' }`. The detail
   * is then `{ body, customerId }`.
   * @default - none: the detail is the body
   */
  readonly values?: Readonly<Record<string, RequestValue>>;
}

/** What the operation answers. */
export interface PutEvent {
  /** The id that EventBridge has given the event. */
  readonly eventId: string;
}

/**
 * Puts the body of the request onto an event bus as the detail of one event, without a function. API Gateway checks the
 * body against its model, which is less than the contract: consumers parse it. An event takes 1 MB at most
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html); what EventBridge refuses is answered 502.
 *
 * @throws Error, by `Api`, when the operation has no JSON body, or answers something else than `{ eventId }`
 * @example
 * import { EventBus } from 'aws-cdk-lib/aws-events';
 * import { putEvents } from 'cdk-trellis';
 *
 * const events = new EventBus(stack, 'Events');
 * const routes = { placeOrder: putEvents(events, { source: 'shop.orders', detailType: 'OrderPlaced' }) };
 */
export function putEvents(bus: IEventBus, options: PutEventsOptions): Integration<PutEvent> {
  return new PutEvents(bus, options);
}

class PutEvents extends ServiceIntegration<PutEvent> {
  protected readonly function = 'putEvents';
  protected readonly takesBody = true;

  constructor(
    private readonly bus: IEventBus,
    private readonly options: PutEventsOptions,
  ) {
    super();
  }

  protected override ownErrors(operation: Operation): string[] {
    const { source, detailType, values = {} } = this.options;
    const found = validatePayload(values, operation);
    if (!/^(?!aws\.)[\w./-]{1,256}$/.test(source)) {
      found.push(
        `\`source\` must be 1 to 256 letters, digits and ./_-, and not begin with "aws.", got "${source}"`,
      );
    }
    if (!/^[\w .:/()-]{1,128}$/.test(detailType)) {
      found.push(`\`detailType\` must be 1 to 128 letters, digits, spaces and ./_:()-, got "${detailType}"`);
    }
    return found;
  }

  protected call(): ServiceCall {
    const { eventBusArn, eventBusName, env } = this.bus;
    const { source, detailType, values = {} } = this.options;
    const { before, expression } = payloadOf(values);
    const fixed = `"Source":"${source}","DetailType":"${detailType}","EventBusName":"${eventBusName}"`;
    return {
      region: env.region,
      target: 'events:action/PutEvents',
      request: `${before}{"Entries":[{${fixed},"Detail":${jsonText(expression)}}]}`,
      // API Gateway does not know how EventBridge wants to be called.
      headers: { 'X-Amz-Target': 'AWSEvents.PutEvents', 'Content-Type': 'application/x-amz-json-1.1' },
      statements: [allow('events', ['PutEvents'], [eventBusArn])],
    };
  }

  /** EventBridge answers 200 for an event that it has not taken, too. */
  protected answerOf(): ServiceResponse {
    const refused = refuseTemplate(502, 'The service did not answer', 'It did not take the event.');
    return {
      sample: { eventId: '5fea7756-0ea4-451a-a703-a558b933e274' },
      template: `#if($input.path('$.FailedEntryCount') == 0){"eventId":"$input.path('$.Entries[0].EventId')"}#else${refused}#end`,
    };
  }
}
