import type { Module, Node } from './module.js';
import { SourceError } from './source-error.js';
import { type Unseen, WrapperSearch } from './wrapper-search.js';

/**
 * Asserts that a handler has no needs in places that are not analyzed: its function would have no permissions and fail
 * on the first call.
 *
 * @param wrappers index of the needs among each wrapper's arguments
 * @param withOwnNeeds wrappers that have needs regardless of their handler
 * @returns the imports that were not followed
 */
export function assertNeedsAreRead(
  module: Module,
  handler: Node,
  wrappers: Readonly<Record<string, number>>,
  withOwnNeeds: readonly string[],
): Unseen | undefined {
  const search = new WrapperSearch(wrappers, withOwnNeeds);
  const found = search.search(module, handler, new Set());
  if (!found) return search.unseen();
  const { wrapper } = found;
  throw new SourceError(
    `\`handler\` must be the result of \`${wrapper}\`, or a middleware around it, got a handler that uses \`${wrapper}\` in another way. Synth reads needs from the source without running it: write \`export const handler = ${wrapper}(...)\`, or \`export { name as handler }\`.`,
    found.module.file,
    found.node.loc.start.line,
  );
}

/**
 * Asserts that a wrapper's handler contains no other wrapper with needs: only the needs of the outer one are read.
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
  const search = new WrapperSearch(wrappers, withOwnNeeds, false);
  const parts = call.arguments.filter((_: Node, index: number) => index !== wrappers[outer]);
  for (const part of parts) {
    const found = search.search(module, part, new Set());
    if (!found) continue;
    throw new SourceError(
      `\`${outer}\` must not run a handler of \`${found.wrapper}\`, whose needs synth does not read. Declare them in \`${outer}\` and pass clients to the inner handler with \`.with(clients)\`, or move its code to a function that both call.`,
      found.module.file,
      found.node.loc.start.line,
    );
  }
}
