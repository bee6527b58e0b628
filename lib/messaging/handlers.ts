import { relative } from 'node:path';
import type { NodeFunction } from '../function/node-function.js';

/** What the compiler tells users of TypeScript: a handler for another kind of source would fail at every call. */
export function refuseOtherHandler(fn: NodeFunction, wrapper: 'consume' | 'job' | 'worker'): string[] {
  const { invokedBy, operation, entry } = fn;
  const other = operation === undefined ? invokedBy : 'route';
  if (other === undefined || other === wrapper) return [];
  const file = relative(process.cwd(), entry);
  return [
    `\`handler\` must be one made with \`${wrapper}(...)\`, or a plain one, got one made with \`${other}\` in ${file}`,
  ];
}
