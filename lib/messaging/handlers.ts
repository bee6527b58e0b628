import { relative } from 'node:path';
import type { HandlerFunction } from '../function/handler-function.js';

/** What the compiler tells users of TypeScript: a handler for another kind of source would fail at every call. */
export function refuseOtherHandler(fn: HandlerFunction, wrapper: 'consume' | 'job' | 'worker'): string[] {
  const { analysis, entry } = fn;
  const { kind: other } = analysis;
  if (other === 'plain' || other === 'handle' || other === 'authorizer' || other === wrapper) return [];
  const file = relative(process.cwd(), entry);
  return [
    `\`handler\` must be one made with \`${wrapper}(...)\`, or a plain one, got one made with \`${other}\` in ${file}`,
  ];
}
