/** Returns the path of a value in an object, such as `.lines[0].quantity`; empty for the object itself. */
export function fieldPath(keys: readonly PropertyKey[]): string {
  return keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
}

/** Returns a property as messages name it: `` `routes.get.throttle` `` for `field('routes', 'get', 'throttle')`. */
export function field(...keys: readonly PropertyKey[]): string {
  return `\`${fieldPath(keys).replace(/^\./, '')}\``;
}
