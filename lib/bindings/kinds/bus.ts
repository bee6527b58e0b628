import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { cdkResource, defineKind } from '../kind.js';

/** EventBridge buses. */
export const bus = defineKind('bus', {
  resource: cdkResource<IEventBus>('eventBusArn'),
  accesses: { publish: [{ actions: ['events:PutEvents'] }] },
  binding: ({ eventBusName, eventBusArn }) => ({ value: eventBusName, valueElsewhere: eventBusArn }),
});
