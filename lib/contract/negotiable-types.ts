import type { Operation } from './operation.js';
import { responsesOf } from './responses.js';

/** The content types among which callers choose by `Accept`; none where there is no choice. */
export function negotiableTypes(operation: Operation): string[] {
  const choices = [...responsesOf(operation).values()].filter(({ content }) => content.size > 1);
  return [...new Set(choices.flatMap(({ content }) => [...content.keys()]))];
}
