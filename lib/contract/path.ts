/** The names of a path's parameters: `/a/{b}/{c}` has `b` and `c`. */
export function parametersOf(path: string): string[] {
  return [...path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1]!);
}

/** The path with something else for each parameter: `/a/{b}` becomes `/a/*`. */
export function withoutParameters(path: string, instead: string): string {
  return path.replace(/\{[^}]*\}/g, instead);
}

/** The parameters of a path as a type: `/a/{b}` gives `{ b: string }`. */
export type PathParameters<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [Key in Name | keyof PathParameters<Rest>]: string }
  : unknown;
