import { assertValid } from '../../lib/construct/assert-valid.js';
import { newStack } from '../support/template.js';

describe('assertValid', () => {
  it('does nothing without errors', () => {
    expect(() => assertValid('Shop/Orders', [])).not.toThrow();
  });

  it('throws one Error with all errors and the path of the construct', () => {
    expect(() => assertValid(newStack(), ['`a` must be 1, got 2', '`b` must be 3, got 4'])).toThrow(
      new Error('`a` must be 1, got 2\n`b` must be 3, got 4 (at Stack)'),
    );
  });

  it('accepts the path of a construct that does not exist yet', () => {
    expect(() => assertValid('Shop/Orders', ['`a` must be 1, got 2'])).toThrow(
      new Error('`a` must be 1, got 2 (at Shop/Orders)'),
    );
  });
});
