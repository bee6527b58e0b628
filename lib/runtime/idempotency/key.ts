/** Checks the key before the work: with `undefined` or `[object Object]`, different work would have the same key. */
export function assertKey(key: unknown): asserts key is string {
  if (typeof key === 'string' && key !== '') return;
  throw new Error(
    `\`key\` must be a string that is not empty, got ${key === '' ? '""' : typeof key}. Use an identifier of the work, such as an event's id.`,
  );
}
