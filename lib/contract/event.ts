import type * as z from 'zod';
import { validateJson } from './validation/validate-json.js';
import { isSchema, shown } from './validation/validate-shape.js';

/** An event that a service publishes: its name, version and shape. */
export interface EventDefinition<
  Name extends string = string,
  Version extends number = number,
  Schema extends z.ZodType = z.ZodType,
> {
  readonly name: Name;
  readonly version: Version;
  /** The service that publishes it. */
  readonly source: string;
  /** The property of the data that says what the event is about. */
  readonly key: string | undefined;
  readonly schema: Schema;
}

/** What an event carries besides its data. */
export interface EventMetadata {
  /** The same for every delivery of this event, however often it is delivered. */
  readonly id: string;
  /** When it was published, or written for the outbox (ISO 8601, UTC). */
  readonly time: string;
  /** What it is about, as in an order's id; the sequence counts within a key. */
  readonly key?: string;
  /** Its place among the events of its key. EventBridge keeps no order: a consumer ignores what is older than it has. */
  readonly sequence?: number;
  /** The same for all that follows from one request. */
  readonly correlationId: string;
}

/** An event as its consumer gets it. A consumer of several is given one of them, told apart by `name` and `version`. */
export type EventOf<E extends EventDefinition> =
  E extends EventDefinition<infer Name, infer Version, infer Schema>
    ? EventMetadata & {
        readonly name: Name;
        readonly version: Version;
        readonly source: string;
        readonly data: z.output<Schema>;
      }
    : never;

/** The data that a publisher gives. */
export type EventData<E extends EventDefinition> = z.output<E['schema']>;

/** An event as it travels: its data is JSON. */
export type PublishedEvent<E extends EventDefinition> = EventMetadata &
  Pick<E, 'name' | 'version' | 'source'> & { readonly data: z.input<E['schema']> };

export interface EventOptions<Version extends number, Key> {
  /**
   * Counts up when consumers of the version before could not read the event. A property that is added is no such
   * change: consumers ignore what they do not know.
   */
  readonly version: Version;
  /** The service that publishes it; lower-case letters, digits, dots and hyphens. @default 'app' */
  readonly source?: string;
  /**
   * The property of the data that says what the event is about, as in `orderId`: events of one key are published
   * in order by an `Outbox`, and numbered.
   * @default - none: every event stands for itself
   */
  readonly key?: Key;
}

/**
 * Declares an event: the one place that says what is published. Publishers, rules, consumers and their types derive
 * from it.
 *
 * @param name what has happened, as in `OrderPlaced`; it is the event's detail-type on EventBridge
 * @param schema the event's data. It travels as JSON: dates are text, as in `z.iso.datetime()`, or a `z.codec()` of it
 * @throws Error when a name, a source or a version cannot be one, or the data has something that JSON has no form of
 * @example
 * import * as z from 'zod';
 * import { defineEvent } from 'cdk-trellis/contract';
 *
 * export const OrderPlaced = defineEvent(
 *   'OrderPlaced',
 *   z.object({ orderId: z.string(), total: z.int().nonnegative() }),
 *   { source: 'orders', version: 1, key: 'orderId' },
 * );
 */
export function defineEvent<
  const Name extends string,
  Schema extends z.ZodType,
  const Version extends number,
>(
  name: Name,
  schema: Schema,
  options: EventOptions<Version, keyof z.output<Schema> & string>,
): EventDefinition<Name, Version, Schema> {
  const { version, source = 'app', key } = options;
  const errors: string[] = [];
  if (!/^[A-Z][A-Za-z0-9]{0,63}$/.test(name)) {
    errors.push(`its name must be like OrderPlaced, at most 64 letters and digits, got "${name}"`);
  }
  // Sources that begin with "aws." are AWS's own: EventBridge refuses them.
  if (!/^(?!aws\.)[a-z][a-z0-9.-]{0,62}$/.test(source)) {
    errors.push(`\`source\` must be lower-case letters, digits, dots and hyphens, got "${source}"`);
  }
  if (!Number.isSafeInteger(version) || version < 1) {
    errors.push(`\`version\` must be a whole number from 1, got ${shown(version)}`);
  }
  if (!isSchema(schema))
    errors.push(`its data must be a schema of zod, as in \`z.object({ ... })\`, got ${shown(schema)}`);
  else {
    const unsendable = validateJson(schema, 'response');
    errors.push(...unsendable.map((error) => `${name} ${version} cannot travel as JSON: ${error}`));
  }
  const properties = (schema as { shape?: object } | undefined)?.shape;
  if (key !== undefined && properties && !(key in properties)) {
    const names = Object.keys(properties).join(', ');
    errors.push(`\`key\` must be a property of its data (${names}), got ${shown(key)}`);
  }
  if (errors.length > 0) {
    throw new Error(`The event "${name}" cannot be published:\n- ${errors.join('\n- ')}`);
  }
  return Object.freeze({ name, version, source, key, schema });
}
