import { Tokenization } from 'aws-cdk-lib/core';
import { defineKind, plainValue } from '../kind.js';

/** Numbers in the function's environment. */
export const number = defineKind('number', {
  resource: plainValue<number>('number'),
  accesses: { number: [] },
  binding: (value) => {
    if (!Number.isFinite(value)) throw new Error(`a number must be finite, got "${value}"`);
    return { value: Tokenization.stringifyNumber(value) };
  },
});
