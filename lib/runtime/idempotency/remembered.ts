/** Values that come back as they are. */
// biome-ignore lint/suspicious/noConfusingVoidType: work that returns nothing has it.
type Exact = string | number | boolean | bigint | null | undefined | void | Date | RegExp | URL | ArrayBuffer;

/** Values whose state nothing can read: `run` cannot give them back. */
type Unrememberable =
  | ((...args: never[]) => unknown)
  | symbol
  | PromiseLike<unknown>
  | AsyncIterable<unknown>
  | WeakMap<WeakKey, unknown>
  | WeakSet<WeakKey>;

/**
 * What `idempotency().run` returns of a result, on the first call as on every repetition: values, objects, lists, Map,
 * Set, Date, URL, RegExp, Error, bytes, bigint, NaN and undefined as they were; a class instance as its plain data
 * without methods, or as what its `toJSON` returns; a subclass of Error as an Error with the same name, message and
 * properties. Functions, symbols, promises and streams are `never`: return something else.
 */
export type Remembered<T> = 0 extends 1 & T
  ? T
  : unknown extends T
    ? T
    : T extends Exact
      ? T
      : T extends Unrememberable
        ? never
        : T extends ArrayBufferView
          ? Bytes<T>
          : T extends ReadonlyMap<infer Key, infer Value>
            ? Map<Remembered<Key>, Remembered<Value>>
            : T extends ReadonlySet<infer Value>
              ? Set<Remembered<Value>>
              : T extends Error
                ? Error & Fields<Omit<T, keyof Error>>
                : T extends readonly unknown[]
                  ? { [Index in keyof T]: Remembered<T[Index]> }
                  : T extends { toJSON(): infer Json }
                    ? Remembered<Json>
                    : Fields<T>;

type Fields<T> = {
  [Key in keyof T as Key extends symbol
    ? never
    : T[Key] extends (...args: never[]) => unknown
      ? never
      : Key]: Remembered<T[Key]>;
};

/** A Buffer comes back as the Uint8Array that it extends. */
type Bytes<T> = T extends Uint8Array ? Uint8Array<ArrayBuffer> : T;
