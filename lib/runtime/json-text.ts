import type * as z from 'zod';
import { type Direction, validateJson } from '../contract/validation/validate-json.js';

/**
 * Checks at definition that JSON can represent the values of a schema. Otherwise each receiver rejects the altered
 * values.
 *
 * @param direction `response` if values are written by the schema, `request` if they are only read
 * @throws Error that lists every path that JSON cannot represent
 */
export function assertJsonSchema(label: string, schema: z.core.$ZodType, direction: Direction): void {
  const errors = validateJson(schema, direction);
  if (errors.length > 0) throw new Error(`${label} cannot be sent as JSON:\n- ${errors.join('\n- ')}`);
}

/**
 * Returns the JSON text of a value, also where the schema does not restrict it, as with `z.any()`.
 *
 * @throws Error for a value that `JSON.stringify` would drop, change or reject
 */
export function jsonText(label: string, value: unknown): string {
  const error = jsonError(value, '', []);
  if (error) throw new Error(`${label} cannot be written as JSON: ${error}`);
  return JSON.stringify(value);
}

/** Returns the path and kind of the first value that JSON cannot represent. */
function jsonError(value: unknown, path: string, ancestors: readonly object[]): string | undefined {
  const place = path === '' ? 'it' : path;
  if (typeof value === 'bigint') return `${place} is a bigint`;
  if (typeof value === 'function' || typeof value === 'symbol') return `${place} is a ${typeof value}`;
  if (typeof value === 'number' && !Number.isFinite(value)) return `${place} is ${value}`;
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? `${place} is an invalid Date` : undefined;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `${place} is binary`;
  if (value instanceof Map || value instanceof Set) return `${place} is a ${value.constructor.name}`;
  if (ancestors.includes(value)) return `${place} contains itself`;
  if ('toJSON' in value) return undefined;
  const nested = [...ancestors, value];
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const itemPath = `${path}[${index}]`;
      const error = item === undefined ? `${itemPath} is undefined` : jsonError(item, itemPath, nested);
      if (error) return error;
    }
    return undefined;
  }
  for (const [name, member] of Object.entries(value)) {
    const error = jsonError(member, `${path}.${name}`, nested);
    if (error) return error;
  }
  return undefined;
}
