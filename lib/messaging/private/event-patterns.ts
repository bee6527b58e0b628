import type { EventPattern } from 'aws-cdk-lib/aws-events';
import { Lazy } from 'aws-cdk-lib/core';
import type { EventDefinition } from '../../contract/event.js';

/** Returns the pattern of events of these definitions, which are versions of one event. */
export function patternOf(
  events: readonly EventDefinition[],
  where: Readonly<Record<string, unknown>> | undefined,
): EventPattern {
  const version = events.map((event) => event.version);
  return { ...nameOf(events), detail: { metadata: { version }, ...(where && { data: where }) } };
}

/**
 * Returns the pattern of events of the same name with another version, or without one.
 *
 * @param knownVersions all versions with a subscription, read when the template is written
 */
export function patternOfOthers(
  events: readonly EventDefinition[],
  knownVersions: () => readonly number[],
): EventPattern {
  const others = Lazy.any({ produce: () => ({ 'anything-but': knownVersions() }) });
  return { ...nameOf(events), detail: { metadata: { version: [others, { exists: false }] } } };
}

function nameOf([event]: readonly EventDefinition[]): EventPattern {
  return { source: [event!.source], detailType: [event!.name] };
}
