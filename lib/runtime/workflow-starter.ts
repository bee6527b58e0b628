import { createHash } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { correlationIdOf, type DeliveredEvent, EventRefusedError, envelopeIn } from './event.js';
import { handle } from './handlers/handle.js';
import { invoked } from './invocation.js';
import { logger } from './logger.js';
import { workflow } from './needs/workflow.js';
import { assertInputSize, EXECUTION_NAME, startOnce } from './start-once.js';

/** Content of the variable `STARTS`, which the construct sets. */
export interface StarterOptions {
  /** The events that the workflow understands. */
  readonly events: readonly { readonly name: string; readonly source: string; readonly version: number }[];
  /** True for a saga, whose states need room in the payload. */
  readonly isSaga: boolean;
}

/**
 * Starts a workflow with an event's data: the function of `hub.on(Event, workflow)`. The execution is named after the
 * id of the event's envelope, which is the same in every delivery, replay, repeated publishing and redrive, so the
 * workflow starts once. A rule of EventBridge cannot name the execution that it starts.
 */
export const handler = handle(
  { workflow: workflow.start },
  async (delivered: DeliveredEvent, { workflow: { client, stateMachineArn } }, context: Context) =>
    invoked(context, correlationIdOf(delivered), async () => {
      try {
        const { metadata, data } = envelopeIn(delivered);
        const { events, isSaga }: StarterOptions = JSON.parse(process.env.STARTS as string);
        assertUnderstood(events, delivered, metadata.version);
        if (isSaga) assertInputSize(data);
        await startOnce(client, stateMachineArn, executionName(metadata.id), data);
      } catch (error) {
        const { id, source, 'detail-type': name } = delivered ?? ({} as Partial<DeliveredEvent>);
        logger().error('The workflow was not started', {
          error: error as Error,
          event: { id, name, source },
        });
        throw error;
      }
    }),
);

/** Checks the event's version: the rule passes no other event, but a failed one may be redriven before the deployment. */
function assertUnderstood(
  events: StarterOptions['events'],
  { 'detail-type': name, source }: DeliveredEvent,
  version: number,
): void {
  const isMatch = events.some(
    (event) => event.name === name && event.source === source && event.version === version,
  );
  if (isMatch) return;
  const expected = events.map((event) => `${event.name} ${event.version} of ${event.source}`).join(', ');
  throw new EventRefusedError(
    `Expected ${expected}, got ${name} ${version} of ${source}. Deploy a workflow that understands it, then redrive the event.`,
  );
}

/** Returns the execution's name for an event id: a hash if the id is not a valid name. */
function executionName(id: string): string {
  return EXECUTION_NAME.test(id) ? id : createHash('sha256').update(id).digest('hex');
}
