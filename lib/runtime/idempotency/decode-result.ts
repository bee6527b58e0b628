import { BYTES, type Json, TAG } from './result-form.js';

/** Returns the result in a text of `encodeResult`. */
export function decodeResult(text: string): unknown {
  return decode(JSON.parse(text));
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

/** Decodes fields. `Object.fromEntries` defines properties, so the key `__proto__` needs no special case. */
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

function decodeError(name: string, message: string, fields: object): Error {
  const error = new Error(message);
  const hidden = { configurable: true, writable: true, enumerable: false };
  if (name !== 'Error') Object.defineProperty(error, 'name', { ...hidden, value: name });
  // The stack of the decoding code would mislead.
  Object.defineProperty(error, 'stack', { ...hidden, value: `${name}: ${message}` });
  for (const [key, value] of Object.entries(fields)) {
    const isHidden = key === 'cause' || key === 'errors';
    Object.defineProperty(error, key, { ...hidden, enumerable: !isHidden, value });
  }
  return error;
}
