import type * as z from 'zod';
import { type Direction, validateJson } from '../contract/validation/validate-json.js';

/**
 * Checks at definition that values of a schema can be sent as JSON: otherwise they are sent as something else, and
 * refused by their receiver each time.
 *
 * @param direction `response` where values are written by the schema, `request` where they are only read
 * @throws Error with every place that cannot
 */
export function assertJsonSchema(what: string, schema: z.core.$ZodType, direction: Direction): void {
  const errors = validateJson(schema, direction);
  if (errors.length > 0) throw new Error(`${what} cannot travel as JSON:\n- ${errors.join('\n- ')}`);
}

/**
 * The JSON text of a value that a schema let pass, as `z.any()` does with all of them.
 *
 * @throws Error for what JSON has no form of, and `JSON.stringify` would drop, change or not take
 */
export function jsonText(what: string, value: unknown): string {
  const found = unwritable(value, '', []);
  if (found) throw new Error(`${what} cannot be written as JSON: ${found}`);
  return JSON.stringify(value);
}

/** @returns where in the value, and what */
function unwritable(value: unknown, path: string, above: readonly object[]): string | undefined {
  const at = path === '' ? 'it' : path;
  if (typeof value === 'bigint') return `${at} is a bigint`;
  if (typeof value === 'function' || typeof value === 'symbol') return `${at} is a ${typeof value}`;
  if (typeof value === 'number' && !Number.isFinite(value)) return `${at} is ${value}`;
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? `${at} is an invalid Date` : undefined;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `${at} is binary`;
  if (value instanceof Map || value instanceof Set) return `${at} is a ${value.constructor.name}`;
  if (above.includes(value)) return `${at} contains itself`;
  if ('toJSON' in value) return undefined;
  const within = [...above, value];
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = item === undefined ? `${path}[${index}] is undefined` : undefined;
      const inItem = found ?? unwritable(item, `${path}[${index}]`, within);
      if (inItem) return inItem;
    }
    return undefined;
  }
  for (const [name, member] of Object.entries(value)) {
    const found = unwritable(member, `${path}.${name}`, within);
    if (found) return found;
  }
  return undefined;
}
