import { defineKind, plainValue } from '../kind.js';

/** Texts in the function's environment. */
export const text = defineKind('text', {
  resource: plainValue<string>('string'),
  accesses: { text: [] },
  binding: (value) => {
    if (value === '') throw new Error('a text must be at least one character, got ""');
    return { value };
  },
});
