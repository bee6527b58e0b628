import { gunzipSync, gzipSync } from 'node:zlib';
import { decodeResult } from './decode-result.js';
import { encodeResult } from './encode-result.js';
import type { Item } from './lease.js';

/** Maximum size of an uncompressed result. */
const MAX_PLAIN_BYTES = 64 * 1024;

/**
 * Maximum size of a compressed result: an item has at most 400 KB, including names and the other attributes.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const MAX_BYTES = 390 * 1024;

/** Recorded form of a result, or the reason why it has none. */
export type Kept =
  | { readonly attributes: Item; readonly value: () => unknown }
  | { readonly attributes: Item; readonly reason: string };

/** Converts a result to attributes of an item. It never throws, because the work is already done. */
export function keep(result: unknown): Kept {
  try {
    const text = encodeResult(result);
    const value = () => decodeResult(text);
    if (Buffer.byteLength(text) <= MAX_PLAIN_BYTES) return { attributes: { result: { S: text } }, value };
    const packed = gzipSync(text);
    if (packed.byteLength <= MAX_BYTES) return { attributes: { packed: { B: packed } }, value };
    return unkept(
      `it has ${packed.byteLength} bytes when compressed, and at most ${MAX_BYTES} can be recorded`,
    );
  } catch (error) {
    return unkept((error as Error).message);
  }
}

function unkept(reason: string): Kept {
  return { attributes: { unkept: { S: reason } }, reason };
}

/** Reads the attributes that `keep` wrote. @returns undefined for an item of an earlier version */
export function keptIn({ result, packed, unkept: reason }: Item): Kept | undefined {
  if (reason) return unkept(String(reason.S));
  if (result) return { attributes: { result }, value: () => decodeResult(String(result.S)) };
  if (!packed) return undefined;
  const text = () => gunzipSync(packed.B as Uint8Array).toString();
  return { attributes: { packed }, value: () => decodeResult(text()) };
}
