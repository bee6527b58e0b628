import type { EventPattern } from 'aws-cdk-lib/aws-events';
import { Lazy } from 'aws-cdk-lib/core';
import type { EventDefinition } from '../../contract/event.js';

/** Events of these definitions, which are versions of one event. */
export function patternOf(
  events: readonly EventDefinition[],
  where: Readonly<Record<string, unknown>> | undefined,
): EventPattern {
  const version = events.map((event) => event.version);
  return { ...nameOf(events), detail: { metadata: { version }, ...(where && { data: where }) } };
}

/**
 * Events of the same name that are none of these versions, or say none.
 *
 * @param known all versions that anything subscribes to, when the template is written
 */
export function patternOfOthers(
  events: readonly EventDefinition[],
  known: () => readonly number[],
): EventPattern {
  const others = Lazy.any({ produce: () => ({ 'anything-but': known() }) });
  return { ...nameOf(events), detail: { metadata: { version: [others, { exists: false }] } } };
}

function nameOf([event]: readonly EventDefinition[]): EventPattern {
  return { source: [event!.source], detailType: [event!.name] };
}
