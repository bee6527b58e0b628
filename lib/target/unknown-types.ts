import { TABLES } from './tables/tables.js';
import type { Target } from './target.js';

/** Returns the error of a template with types that an emulator is not known to create. */
export function unknownTypes(
  unknown: readonly { type: string; path: string }[],
  target: Exclude<Target, 'aws'>,
): string {
  const lines = unknown.map(({ type, path }) => `  ${type} (at ${path})`);
  const types = [...new Set(unknown.map(({ type }) => type))];
  const declarations = types.map((type) => `'${type}': { leftOut: 'reason', instead: 'replacement' }`);
  return (
    `Expected only resources that ${TABLES[target].emulator} creates, got:\n${lines.join('\n')}\n` +
    `Declare each: declareSupport(app, '${target}', { ${declarations.join(', ')} }), or 'supported' if your edition creates it.`
  );
}
