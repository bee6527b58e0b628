import type * as z from 'zod';
import { validateJson } from './validation/validate-json.js';
import { describeValue, isSchema } from './validation/validate-shape.js';

/** Event that a service publishes: its name, version and schema. */
export interface EventDefinition<
  Name extends string = string,
  Version extends number = number,
  Schema extends z.ZodType = z.ZodType,
> {
  readonly name: Name;
  readonly version: Version;
  /** Service that publishes the event. */
  readonly source: string;
  /** Property of the data that identifies the event's subject. */
  readonly key: string | undefined;
  readonly schema: Schema;
}

/** Metadata of an event. */
export interface EventMetadata {
  /** Id of the event, the same for every delivery. */
  readonly id: string;
  /** Time of publication, or of the write to the outbox (ISO 8601, UTC). */
  readonly time: string;
  /** Subject of the event, for example an order's id; `sequence` counts per key. */
  readonly key?: string;
  /** Position among the events of its key. EventBridge does not keep the order: a consumer ignores older events than its last. */
  readonly sequence?: number;
  /** Correlation id of the request that caused the event. */
  readonly correlationId: string;
}

/** Event as its consumer receives it. With several definitions, a union discriminated by `name` and `version`. */
export type EventOf<E extends EventDefinition> =
  E extends EventDefinition<infer Name, infer Version, infer Schema>
    ? EventMetadata & {
        readonly name: Name;
        readonly version: Version;
        readonly source: string;
        readonly data: z.output<Schema>;
      }
    : never;

/** Data that a publisher passes. */
export type EventData<E extends EventDefinition> = z.output<E['schema']>;

/** Event on the bus: its data is JSON. */
export type PublishedEvent<E extends EventDefinition> = EventMetadata &
  Pick<E, 'name' | 'version' | 'source'> & { readonly data: z.input<E['schema']> };

export interface EventOptions<Version extends number, Key> {
  /**
   * Version of the schema. Increase it when consumers of the previous version cannot read the event. An additional
   * property is compatible: consumers ignore unknown properties.
   */
  readonly version: Version;
  /** Service that publishes the event; lower-case letters, digits, dots and hyphens. @default 'app' */
  readonly source?: string;
  /**
   * Property of the data that identifies the event's subject, for example `orderId`: an `Outbox` publishes the events of
   * one key in order, and numbers them.
   * @default - none: events are independent of each other
   */
  readonly key?: Key;
}

/**
 * Defines an event. Publishers, rules, consumers and their types derive from it.
 *
 * @param name past-tense name, for example `OrderPlaced`; it is the event's detail-type on EventBridge
 * @param schema schema of the data, which is sent as JSON: dates are text (`z.iso.datetime()`) or a `z.codec()` of it
 * @throws Error for an invalid name, source or version, and for data that JSON cannot represent
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
    errors.push(`\`name\` must be like OrderPlaced, at most 64 letters and digits, got "${name}"`);
  }
  // EventBridge rejects sources that begin with "aws.", which are reserved for AWS.
  if (!/^(?!aws\.)[a-z][a-z0-9.-]{0,62}$/.test(source)) {
    errors.push(`\`source\` must be lower-case letters, digits, dots and hyphens, got "${source}"`);
  }
  if (!Number.isSafeInteger(version) || version < 1) {
    errors.push(`\`version\` must be a whole number from 1, got ${describeValue(version)}`);
  }
  if (!isSchema(schema))
    errors.push(`\`schema\` must be a zod schema like \`z.object({ ... })\`, got ${describeValue(schema)}`);
  else {
    const jsonErrors = validateJson(schema, 'response');
    errors.push(...jsonErrors.map((error) => `${name} ${version} cannot be sent as JSON: ${error}`));
  }
  const properties = (schema as { shape?: object } | undefined)?.shape;
  if (key !== undefined && properties && !(key in properties)) {
    const names = Object.keys(properties).join(', ');
    errors.push(`\`key\` must be a property of \`schema\` (${names}), got ${describeValue(key)}`);
  }
  if (errors.length > 0) {
    throw new Error(`The event "${name}" is invalid:\n- ${errors.join('\n- ')}`);
  }
  return Object.freeze({ name, version, source, key, schema });
}
