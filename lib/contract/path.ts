/** Returns the names of a path's parameters: `/a/{b}/{c}` has `b` and `c`. */
export function parametersOf(path: string): string[] {
  return [...path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1]!);
}

/** Replaces the parameters of a path: `/a/{b}` becomes `/a/*`. */
export function replaceParameters(path: string, replacement: string): string {
  return path.replace(/\{[^}]*\}/g, replacement);
}

/** Type of a path's parameters: `/a/{b}` gives `{ b: string }`. */
export type PathParameters<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [Key in Name | keyof PathParameters<Rest>]: string }
  : unknown;
