import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { allow } from '../../bindings/bindable.js';
import type { Operation } from '../../contract/operation.js';
import { PROBLEMS } from '../../http/problems.js';
import {
  type ServiceCall,
  ServiceIntegration,
  type ServiceResponse,
} from '../private/service-integration.js';
import { jsonText, overrideTemplate, payloadOf, validatePayload } from '../private/vtl.js';
import type { Integration, RequestValue } from './integration.js';

export interface PutEventsOptions {
  /** The event's source: 1 to 256 characters, as in `shop.orders`; the prefix `aws.` is reserved. */
  readonly source: string;
  /** The event's type: 1 to 128 characters, as in `OrderPlaced`. */
  readonly detailType: string;
  /**
   * Values of the request to add to the event's detail, as in `{ customerId: 'user.sub' }`. The detail is then
   * `{ body, customerId }`.
   * @default - none: the detail is the body
   */
  readonly values?: Readonly<Record<string, RequestValue>>;
}

/** The response of the operation. */
export interface PutEvent {
  /** The event's id from EventBridge. */
  readonly eventId: string;
}

/**
 * Puts the body of the request on an event bus as the detail of one event, without a function. API Gateway validates the
 * body with its model, which is weaker than the contract: consumers must parse it. An event is at most 1 MB
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html). The API responds 502 when EventBridge
 * rejects the event.
 *
 * @throws Error, from `Api`, when the operation has no JSON body, or a response other than `{ eventId }`
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

  protected override validateOptions(operation: Operation): string[] {
    const { source, detailType, values = {} } = this.options;
    const errors = validatePayload(values, operation);
    if (!/^(?!aws\.)[\w./-]{1,256}$/.test(source)) {
      errors.push(
        `\`source\` must be 1 to 256 letters, digits and ./_-, and not begin with "aws.", got "${source}"`,
      );
    }
    if (!/^[\w .:/()-]{1,128}$/.test(detailType)) {
      errors.push(`\`detailType\` must be 1 to 128 letters, digits, spaces and ./_:()-, got "${detailType}"`);
    }
    return errors;
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
      // API Gateway does not set the headers of EventBridge's protocol.
      headers: { 'X-Amz-Target': 'AWSEvents.PutEvents', 'Content-Type': 'application/x-amz-json-1.1' },
      statements: [allow('events', ['PutEvents'], [eventBusArn])],
    };
  }

  /** Returns 502 for a rejected event: EventBridge responds 200 to it. */
  protected responseOf(): ServiceResponse {
    const rejected = overrideTemplate(PROBLEMS.badGateway, 'The service rejected the event.');
    return {
      sample: { eventId: '5fea7756-0ea4-451a-a703-a558b933e274' },
      template: `#if($input.path('$.FailedEntryCount') == 0){"eventId":"$input.path('$.Entries[0].EventId')"}#else${rejected}#end`,
    };
  }
}
