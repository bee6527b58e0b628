/** Values that are returned unchanged. */
// biome-ignore lint/suspicious/noConfusingVoidType: work without a result returns void.
type Exact = string | number | boolean | bigint | null | undefined | void | Date | RegExp | URL | ArrayBuffer;

/** Values whose state cannot be read: `run` cannot record them. */
type Unrememberable =
  | ((...args: never[]) => unknown)
  | symbol
  | PromiseLike<unknown>
  | AsyncIterable<unknown>
  | WeakMap<WeakKey, unknown>
  | WeakSet<WeakKey>;

/**
 * Form of a result of `idempotency().run`, in the first call and in every repetition: values, objects, lists, Map, Set,
 * Date, URL, RegExp, Error, bytes, bigint, NaN and undefined unchanged; a class instance as its plain data without
 * methods, or as the result of its `toJSON`; a subclass of Error as an Error with the same name, message and
 * properties. Functions, symbols, promises and streams are `never`: return another value.
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

/** Bytes: a Buffer is returned as the Uint8Array that it extends. */
type Bytes<T> = T extends Uint8Array ? Uint8Array<ArrayBuffer> : T;
