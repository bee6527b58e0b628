import { types } from 'node:util';

/** JSON has no place for these: an object with this one key stands for them, `{ "$": ["Date", "2026-..."] }`. */
const TAG = '$';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * Returns the text that a result is remembered as: JSON, with tags for values that JSON lacks.
 *
 * @throws TypeError that names the part of the result that cannot be remembered
 */
export function encodeResult(result: unknown): string {
  return JSON.stringify(encode(result, 'result', []));
}

/** Returns the result that a text of `encodeResult` stands for. */
export function decodeResult(text: string): unknown {
  return decode(JSON.parse(text));
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
  const own = Object.fromEntries(names.map((name) => [name, error[name as keyof Error]]));
  return tagged('Error', error.name, error.message, encodeFields(own, path, inside));
}

const BYTES: Readonly<Record<string, new (bytes: ArrayBuffer) => object>> = {
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
  Int16Array,
  Int32Array,
  Int8Array,
  Uint16Array,
  Uint32Array,
  Uint8Array,
  Uint8ClampedArray,
  DataView,
};

function encodeBytes(value: ArrayBufferView | ArrayBufferLike, path: string): Json {
  if (!ArrayBuffer.isView(value)) return tagged('ArrayBuffer', Buffer.from(value).toString('base64'));
  // A Buffer comes back as the Uint8Array that it extends.
  const type = Buffer.isBuffer(value) ? 'Uint8Array' : Object.prototype.toString.call(value).slice(8, -1);
  if (!Object.hasOwn(BYTES, type)) throw unrememberable(path, `a ${type}`);
  const { buffer, byteOffset, byteLength } = value;
  return tagged(type, Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64'));
}

/** Methods are left out, as JSON does. */
function encodeFields(value: object, path: string, inside: readonly object[]): Json {
  const entries = Object.entries(value)
    .filter(([, item]) => typeof item !== 'function' && typeof item !== 'symbol')
    .map(([key, item]): [string, Json] => [key, encode(item, `${path}.${key}`, inside)]);
  return entries.some(([key]) => key === TAG) ? tagged('Object', entries) : Object.fromEntries(entries);
}

/** What a class keeps in private fields or behind accessors would be lost in silence: it is refused. */
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
  for (let at = Object.getPrototypeOf(value); at && !isRoot(at); at = Object.getPrototypeOf(at)) {
    if (Object.values(Object.getOwnPropertyDescriptors(at)).some((one) => (one as PropertyDescriptor).get)) {
      return true;
    }
  }
  return false;
}

/** The prototype of plain objects, of this realm or another. */
function isRoot(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || isRoot(prototype);
}

function unrememberable(path: string, found: string): TypeError {
  return new TypeError(`\`${path}\` is ${found}, which cannot be remembered`);
}

function decode(json: Json): unknown {
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map(decode);
  const fields = json as { readonly [key: string]: Json };
  const tag = fields[TAG];
  if (!Array.isArray(tag)) return decodeFields(Object.entries(fields));
  const [type, first, second, third] = tag;
  return decodeTagged(type as string, first as Json, second as Json, third as Json);
}

/** `Object.fromEntries` defines properties: a key `__proto__` is one like any other. */
function decodeFields(entries: readonly (readonly [string, Json])[]): object {
  return Object.fromEntries(entries.map(([key, item]) => [key, decode(item)]));
}

function decodeTagged(type: string, first: Json, second: Json, third: Json): unknown {
  switch (type) {
    case 'undefined':
      return undefined;
    case 'number':
      return Number(first);
    case 'bigint':
      return BigInt(first as string);
    case 'Date':
      return new Date(first === null ? Number.NaN : (first as string));
    case 'RegExp':
      return new RegExp(first as string, second as string);
    case 'URL':
      return new URL(first as string);
    case 'Map':
      return new Map((first as [Json, Json][]).map(([key, item]) => [decode(key), decode(item)]));
    case 'Set':
      return new Set((first as Json[]).map(decode));
    case 'Object':
      return decodeFields(first as [string, Json][]);
    case 'Error':
      return decodeError(first as string, second as string, decode(third) as object);
    default: {
      const bytes = new Uint8Array(Buffer.from(first as string, 'base64')).buffer;
      return type === 'ArrayBuffer' ? bytes : new BYTES[type]!(bytes);
    }
  }
}

function decodeError(name: string, message: string, own: object): Error {
  const error = new Error(message);
  const hidden = { configurable: true, writable: true, enumerable: false };
  if (name !== 'Error') Object.defineProperty(error, 'name', { ...hidden, value: name });
  // The stack of the place where it is read would mislead.
  Object.defineProperty(error, 'stack', { ...hidden, value: `${name}: ${message}` });
  for (const [key, value] of Object.entries(own)) {
    const isHidden = key === 'cause' || key === 'errors';
    Object.defineProperty(error, key, { ...hidden, enumerable: !isHidden, value });
  }
  return error;
}
