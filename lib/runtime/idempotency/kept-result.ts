import { gunzipSync, gzipSync } from 'node:zlib';
import type { Item } from './lease.js';
import { decodeResult, encodeResult } from './result-form.js';

/** Larger results are compressed. */
const MAX_PLAIN_BYTES = 64 * 1024;
/**
 * Bytes of a compressed result: an item has 400 KB at most, names and the other attributes included.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const MAX_BYTES = 390 * 1024;

/** A result in the form in which it is remembered, or the reason why it is not. */
export type Kept =
  | { readonly attributes: Item; readonly value: () => unknown }
  | { readonly attributes: Item; readonly reason: string };

/** Turns a result into attributes of an item. It never throws: the work is done. */
export function keep(result: unknown): Kept {
  try {
    const text = encodeResult(result);
    const value = () => decodeResult(text);
    if (Buffer.byteLength(text) <= MAX_PLAIN_BYTES) return { attributes: { result: { S: text } }, value };
    const packed = gzipSync(text);
    if (packed.byteLength <= MAX_BYTES) return { attributes: { packed: { B: packed } }, value };
    return unkept(
      `it takes ${packed.byteLength} bytes when compressed, and at most ${MAX_BYTES} can be kept`,
    );
  } catch (error) {
    return unkept((error as Error).message);
  }
}

function unkept(reason: string): Kept {
  return { attributes: { unkept: { S: reason } }, reason };
}

/** Reads what `keep` has written. @returns undefined if a former version has written the item */
export function keptIn({ result, packed, unkept: reason }: Item): Kept | undefined {
  if (reason) return unkept(String(reason.S));
  if (result) return { attributes: { result }, value: () => decodeResult(String(result.S)) };
  if (!packed) return undefined;
  const text = () => gunzipSync(packed.B as Uint8Array).toString();
  return { attributes: { packed }, value: () => decodeResult(text()) };
}
