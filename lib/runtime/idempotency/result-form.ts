/** Key of an object that represents a value JSON lacks, as in `{ "$": ["Date", "2026-..."] }`. */
export const TAG = '$';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Constructors of the recorded binary types, by name. */
export const BYTES: Readonly<Record<string, new (bytes: ArrayBuffer) => object>> = {
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
