import type { IConstruct } from 'constructs';

/**
 * Throws one Error with every message, one per line, and the path of the construct; does nothing without messages.
 * A user sees all errors of a construct at once instead of one per synthesis.
 *
 * @param scope the construct, or the path of one that does not exist yet
 * @throws Error when there are errors
 */
export function assertValid(scope: IConstruct | string, errors: readonly string[]): void {
  if (errors.length === 0) return;
  const path = typeof scope === 'string' ? scope : scope.node.path;
  throw new Error(`${errors.join('\n')} (at ${path})`);
}
