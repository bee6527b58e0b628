import * as z from 'zod';
import type { EventDefinition } from '../contract/event.js';
import { Containment } from './compatibility/containment.js';
import type { Schema } from './compatibility/schema-form.js';

/** An event as it was when it was released; it is JSON, to be committed. */
export interface ReleasedEvent {
  readonly name: string;
  readonly source: string;
  readonly version: number;
  readonly key?: string;
  /** The JSON schema of the data (2020-12). */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** What is committed with a release, to compare later versions with: `JSON.stringify(releasedEvents([...]), undefined, 2)`. */
export function releasedEvents(events: readonly EventDefinition[]): ReleasedEvent[] {
  return events.map(({ name, source, version, key, schema }) => {
    const { $schema: _, ...form } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    return { name, source, version, ...(key !== undefined && { key }), schema: form };
  });
}

/**
 * What breaks those who consume the events of a former release, each change with its event; empty when everything
 * that is published now is something that they understand.
 *
 * Breaking are, without another version: a property that is gone, optional or of another type, a new value of an
 * enumeration, a key of another name; and in any case an event that is gone or comes from another source. A property
 * more breaks nobody. What cannot be shown to be harmless counts as breaking.
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
  if (named.length === 0) return ['is gone'];
  if (same.length === 0) return [`comes from ${named.map(({ source }) => source).join(', ')} now`];
  const next = same.find(({ version }) => version === old.version);
  const newest = Math.max(...same.map(({ version }) => version));
  if (!next) return newest > old.version ? [] : [`has the version ${newest} now`];
  return [
    ...(next.key === old.key ? [] : [`has ${keyOf(next)} now, and had ${keyOf(old)}`]),
    ...schemaChanges(old, next),
  ];
}

function schemaChanges(old: ReleasedEvent, next: ReleasedEvent): string[] {
  // What the definition does not declare is never published; what a consumer does not know, it ignores.
  const published = { definitions: definitionsOf(next), isOpen: false };
  const understood = { definitions: definitionsOf(old), isOpen: true };
  const change = new Containment(published, understood).difference(
    next.schema as Schema,
    old.schema as Schema,
    'data',
  );
  return change ? [`may be more than its consumers understand: ${change}`] : [];
}

function definitionsOf({ schema }: ReleasedEvent): Readonly<Record<string, unknown>> {
  return (schema.$defs ?? {}) as Readonly<Record<string, unknown>>;
}

function keyOf({ key }: ReleasedEvent): string {
  return key === undefined ? 'no key' : `the key ${key}`;
}
