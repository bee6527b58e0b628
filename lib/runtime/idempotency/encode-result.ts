import { types } from 'node:util';
import { BYTES, type Json, TAG } from './result-form.js';

/**
 * Returns the recorded text of a result: JSON, with tags for values that JSON lacks.
 *
 * @throws TypeError that names the part of the result that cannot be recorded
 */
export function encodeResult(result: unknown): string {
  return JSON.stringify(encode(result, 'result', []));
}

const tagged = (type: string, ...parts: Json[]): Json => ({ [TAG]: [type, ...parts] });

function encode(value: unknown, path: string, above: readonly object[]): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : tagged('number', Object.is(value, -0) ? '-0' : String(value));
    case 'bigint':
      return tagged('bigint', String(value));
    case 'undefined':
      return tagged('undefined');
    case 'object':
      return value === null ? null : encodeObject(value, path, above);
    default:
      throw unrememberable(path, `a ${typeof value}`);
  }
}

function encodeObject(value: object, path: string, above: readonly object[]): Json {
  if (above.includes(value)) throw unrememberable(path, 'a reference to an object that contains it');
  const inside = [...above, value];
  if (Array.isArray(value)) {
    return Array.from(value, (item, index) => encode(item, `${path}[${index}]`, inside));
  }
  if (types.isDate(value)) return tagged('Date', Number.isNaN(value.getTime()) ? null : value.toISOString());
  if (types.isRegExp(value)) return tagged('RegExp', value.source, value.flags);
  if (types.isMap(value)) {
    const entries = [...value].map(([key, item], index) => [
      encode(key, `${path}.keys()[${index}]`, inside),
      encode(item, `${path}.values()[${index}]`, inside),
    ]);
    return tagged('Map', entries);
  }
  if (types.isSet(value)) {
    return tagged(
      'Set',
      [...value].map((item, index) => encode(item, `${path}.values()[${index}]`, inside)),
    );
  }
  if (types.isNativeError(value)) return encodeError(value, path, inside);
  if (ArrayBuffer.isView(value) || types.isArrayBuffer(value)) return encodeBytes(value, path);
  if (value instanceof URL) return tagged('URL', value.href);
  if (isPlain(value)) return encodeFields(value, path, inside);
  return encodeInstance(value, path, inside);
}

function encodeError(error: Error, path: string, inside: readonly object[]): Json {
  const hidden = ['cause', 'errors'].filter((name) => Object.hasOwn(error, name));
  const names = [...new Set([...Object.keys(error), ...hidden])];
  const fields = Object.fromEntries(names.map((name) => [name, error[name as keyof Error]]));
  return tagged('Error', error.name, error.message, encodeFields(fields, path, inside));
}

function encodeBytes(value: ArrayBufferView | ArrayBufferLike, path: string): Json {
  if (!ArrayBuffer.isView(value)) return tagged('ArrayBuffer', Buffer.from(value).toString('base64'));
  // A Buffer is returned as the Uint8Array that it extends.
  const type = Buffer.isBuffer(value) ? 'Uint8Array' : Object.prototype.toString.call(value).slice(8, -1);
  if (!Object.hasOwn(BYTES, type)) throw unrememberable(path, `a ${type}`);
  const { buffer, byteOffset, byteLength } = value;
  return tagged(type, Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64'));
}

/** Encodes the fields of an object. Methods are omitted, as in JSON. */
function encodeFields(value: object, path: string, inside: readonly object[]): Json {
  const entries = Object.entries(value)
    .filter(([, item]) => typeof item !== 'function' && typeof item !== 'symbol')
    .map(([key, item]): [string, Json] => [key, encode(item, `${path}.${key}`, inside)]);
  return entries.some(([key]) => key === TAG) ? tagged('Object', entries) : Object.fromEntries(entries);
}

/** Encodes a class instance. State in private fields or behind accessors would be lost silently: it is an error. */
function encodeInstance(value: object, path: string, inside: readonly object[]): Json {
  const name = value.constructor?.name || 'class';
  const { toJSON, then } = value as { readonly toJSON?: unknown; readonly then?: unknown };
  if (typeof toJSON === 'function') return encode(toJSON.call(value), `${path}.toJSON()`, inside);
  const hasState = Object.keys(value).length > 0;
  const isStream = Symbol.asyncIterator in value || typeof then === 'function';
  if (!hasState || isStream || hasAccessors(value)) {
    throw unrememberable(path, `an instance of ${name}, whose state is not in its own properties`);
  }
  return encodeFields(value, path, inside);
}

function hasAccessors(value: object): boolean {
  for (
    let level = Object.getPrototypeOf(value);
    level && !isRoot(level);
    level = Object.getPrototypeOf(level)
  ) {
    const properties = Object.values(Object.getOwnPropertyDescriptors(level)) as PropertyDescriptor[];
    if (properties.some(({ get }) => get)) {
      return true;
    }
  }
  return false;
}

/** Returns true for the prototype of plain objects, of this realm or another. */
function isRoot(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || isRoot(prototype);
}

function unrememberable(path: string, kind: string): TypeError {
  return new TypeError(`\`${path}\` is ${kind}, which cannot be recorded`);
}
