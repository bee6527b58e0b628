import type { Operation } from './operation.js';
import { responsesOf } from './responses.js';

/** Returns the content types that callers choose from by `Accept`; empty without a choice. */
export function negotiableTypes(operation: Operation): string[] {
  const choices = [...responsesOf(operation).values()].filter(({ content }) => content.size > 1);
  return [...new Set(choices.flatMap(({ content }) => [...content.keys()]))];
}
