import type { Module, Node } from './module.js';
import { SourceError } from './source-error.js';
import { type Unseen, WrapperSearch } from './wrapper-search.js';

/**
 * Throws for a handler that has needs where they are not looked for: it would be a function without permissions, and fail
 * when it is first called.
 *
 * @param wrappers where each wrapper has its needs among its arguments
 * @param withOwnNeeds those that need something whatever their handler needs
 * @returns what could not be looked into
 */
export function assertNeedsAreRead(
  module: Module,
  handler: Node,
  wrappers: Readonly<Record<string, number>>,
  withOwnNeeds: readonly string[],
): Unseen | undefined {
  const search = new WrapperSearch(wrappers, withOwnNeeds);
  const found = search.below(module, handler, new Set());
  if (!found) return search.unseen();
  const { wrapper } = found;
  throw new SourceError(
    `\`handler\` must be what \`${wrapper}\` returns, or a middleware around it, got one that comes to \`${wrapper}\` in another way. Synth reads needs from the source without running it: write \`export const handler = ${wrapper}(...)\`, or \`export { name as handler }\`.`,
    found.module.file,
    found.node.loc.start.line,
  );
}

/**
 * Throws for a wrapper with needs inside another wrapper's handler: only the needs of the outer one are read.
 *
 * @param call the call of the outer wrapper
 */
export function assertNoNestedWrapper(
  module: Module,
  call: Node,
  outer: string,
  wrappers: Readonly<Record<string, number>>,
  withOwnNeeds: readonly string[],
): void {
  const search = new WrapperSearch(wrappers, withOwnNeeds);
  const parts = call.arguments.filter((_: Node, index: number) => index !== wrappers[outer]);
  for (const part of parts) {
    const found = search.below(module, part, new Set());
    if (!found) continue;
    throw new SourceError(
      `\`${outer}\` must not run a handler of \`${found.wrapper}\`, whose needs synth does not read. Declare them in \`${outer}\` and pass clients to the inner handler with \`.with(clients)\`, or move its code to a function that both call.`,
      found.module.file,
      found.node.loc.start.line,
    );
  }
}
