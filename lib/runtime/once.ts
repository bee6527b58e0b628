/** Makes something once, when it is first wanted: one client serves all bindings of a process. */
export function once<Value>(make: () => Value): () => Value {
  let value: Value | undefined;
  return () => {
    value ??= make();
    return value;
  };
}
