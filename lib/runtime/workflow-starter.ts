import { createHash } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { type DeliveredEvent, EventRefusedError, envelopeIn } from './event.js';
import { handle } from './handlers/handle.js';
import { workflow } from './needs/workflow.js';
import { assertInputSize, EXECUTION_NAME, startOnce } from './start-once.js';

/** What the construct says in the variable `STARTS`. */
export interface StarterOptions {
  /** The events that the workflow understands. */
  readonly events: readonly { readonly name: string; readonly source: string; readonly version: number }[];
  /** Whether the workflow is a saga, which needs room in its context. */
  readonly isSaga: boolean;
}

const logger = /* @__PURE__ */ new Logger();

/**
 * Starts a workflow with an event's data: the function of `hub.on(Event, workflow)`. The execution is named by the id of
 * the event's envelope, which every delivery, replay, second publishing and redrive of the event has: it is started once.
 * A rule of EventBridge cannot name what it starts.
 */
export const handler = handle(
  { workflow: workflow.start },
  async (delivered: DeliveredEvent, { workflow: { client, stateMachineArn } }, context: Context) => {
    logger.addContext(context);
    try {
      const { metadata, data } = envelopeIn(delivered);
      const { events, isSaga }: StarterOptions = JSON.parse(process.env.STARTS as string);
      assertUnderstood(events, delivered, metadata.version);
      if (isSaga) assertInputSize(data);
      await startOnce(client, stateMachineArn, executionName(metadata.id), data);
    } catch (error) {
      const { id, source, 'detail-type': name } = delivered ?? ({} as Partial<DeliveredEvent>);
      logger.error('The workflow was not started', { error: error as Error, event: { id, name, source } });
      throw error;
    }
  },
);

/** The rule lets no other event pass; but one that was set aside may be redriven too early. */
function assertUnderstood(
  events: StarterOptions['events'],
  { 'detail-type': name, source }: DeliveredEvent,
  version: number,
): void {
  if (events.some((one) => one.name === name && one.source === source && one.version === version)) return;
  const known = events.map((one) => `${one.name} ${one.version} of ${one.source}`).join(', ');
  throw new EventRefusedError(
    `Expected ${known}, got ${name} ${version} of ${source}. Deploy a workflow that understands it, then redrive the event.`,
  );
}

/** An id that cannot be a name stands for itself by its hash: one id has one name. */
function executionName(id: string): string {
  return EXECUTION_NAME.test(id) ? id : createHash('sha256').update(id).digest('hex');
}
