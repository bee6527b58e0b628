/** Oldest Node.js that functions may run on. */
export const OLDEST_NODE = 20;

/** esbuild's target of code that runs on several versions of Node.js, or on an unknown one. */
export const ANY_NODE = `node${OLDEST_NODE}`;

/** Returns esbuild's target of a runtime such as `nodejs22.x`; undefined for one that is older or not Node.js. */
export function nodeTarget(runtime: string): string | undefined {
  const version = /^nodejs(\d+)\.x$/.exec(runtime)?.[1];
  return version && Number(version) >= OLDEST_NODE ? `node${version}` : undefined;
}
