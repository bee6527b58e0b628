import { relative } from 'node:path';
import type { HandlerFunction } from '../function/handler-function.js';

/** Validates at synth what the compiler checks in TypeScript: a handler of another source would fail at every call. */
export function validateHandlerKind(fn: HandlerFunction, wrapper: 'consume' | 'job' | 'worker'): string[] {
  const { analysis, entry } = fn;
  const { kind } = analysis;
  if (kind === 'plain' || kind === 'handle' || kind === 'authorizer' || kind === wrapper) return [];
  const file = relative(process.cwd(), entry);
  return [
    `\`handler\` must call \`${wrapper}(...)\` or be a plain function, got a call of \`${kind}\` in ${file}`,
  ];
}
