import type { Need } from './need.js';

/**
 * A number that the deployment sets.
 *
 * @example
 * import { handle, number } from 'cdk-trellis/runtime';
 *
 * export const handler = handle({ limit: number() }, async (_event: object, { limit }) => limit + 1);
 */
export const number = (): Need<'number', 'number', number> => ({
  kind: 'number',
  access: 'number',
  connect(value) {
    const parsed = Number(value);
    if (!Number.isFinite(parsed)) throw new Error(`Expected a number, got "${value}"`);
    return parsed;
  },
});
