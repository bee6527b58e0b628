import * as z from 'zod';
import type { EventDefinition } from '../contract/event.js';
import { Containment } from './compatibility/containment.js';
import type { Schema } from './compatibility/schema-form.js';

/** Event as of a release, in JSON to be committed. */
export interface ReleasedEvent {
  readonly name: string;
  readonly source: string;
  readonly version: number;
  readonly key?: string;
  /** JSON schema of the data (2020-12). */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** Returns the events of a release, to commit and to compare later versions with: `JSON.stringify(releasedEvents([...]), undefined, 2)`. */
export function releasedEvents(events: readonly EventDefinition[]): ReleasedEvent[] {
  return events.map(({ name, source, version, key, schema }) => {
    const { $schema: _, ...form } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    return { name, source, version, ...(key !== undefined && { key }), schema: form };
  });
}

/**
 * Returns the changes that break consumers of the events of a former release, each with its event; empty if consumers
 * understand every published event.
 *
 * Breaking changes within a version are: a property that is removed, optional or of another type, a new value of an
 * enumeration, another key. A removed event and another source break consumers in any version. An additional property is
 * compatible. A change that cannot be proved compatible counts as breaking.
 *
 * @example
 * import { readFileSync } from 'node:fs';
 * import { breakingEventChanges } from 'cdk-trellis/testing';
 * import { OrderPlaced } from '../contracts/orders.js';
 *
 * const released = JSON.parse(readFileSync('contracts/released/events.json', 'utf8'));
 * // A test expects it to be empty.
 * const broken = breakingEventChanges(released, [OrderPlaced]);
 */
export function breakingEventChanges(
  before: readonly ReleasedEvent[],
  after: readonly EventDefinition[],
): string[] {
  const now = releasedEvents(after);
  return before.flatMap((old) => {
    const where = `${old.name} ${old.version} of ${old.source}`;
    return changesOf(old, now).map((change) => `${where} ${change}`);
  });
}

function changesOf(old: ReleasedEvent, events: readonly ReleasedEvent[]): string[] {
  const named = events.filter(({ name }) => name === old.name);
  const same = named.filter(({ source }) => source === old.source);
  if (named.length === 0) return ['was removed'];
  if (same.length === 0) return [`changed its source to ${named.map(({ source }) => source).join(', ')}`];
  const next = same.find(({ version }) => version === old.version);
  const newest = Math.max(...same.map(({ version }) => version));
  if (!next) return newest > old.version ? [] : [`changed its version to ${newest}`];
  return [
    ...(next.key === old.key ? [] : [`changed its key from ${keyOf(old)} to ${keyOf(next)}`]),
    ...schemaChanges(old, next),
  ];
}

function schemaChanges(old: ReleasedEvent, next: ReleasedEvent): string[] {
  // Undeclared properties are never published; consumers ignore unknown ones.
  const published = { definitions: definitionsOf(next), isOpen: false };
  const understood = { definitions: definitionsOf(old), isOpen: true };
  const change = new Containment(published, understood).difference(
    next.schema as Schema,
    old.schema as Schema,
    'data',
  );
  return change ? [`may have data that consumers do not understand: ${change}`] : [];
}

function definitionsOf({ schema }: ReleasedEvent): Readonly<Record<string, unknown>> {
  return (schema.$defs ?? {}) as Readonly<Record<string, unknown>>;
}

function keyOf({ key }: ReleasedEvent): string {
  return key ?? 'none';
}
