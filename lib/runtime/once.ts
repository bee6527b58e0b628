/** Returns a function that creates its value on the first call and returns the same value on every later one. */
export function once<Value>(make: () => Value): () => Value {
  let value: Value | undefined;
  return () => {
    value ??= make();
    return value;
  };
}
