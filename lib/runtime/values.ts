import type { Need } from './need.js';

/**
 * A text that the deployment decides, such as a stage's name. It stands in the function's configuration for everyone
 * to see who may: a secret belongs into `secret.read`.
 *
 * @example
 * import { handle, text } from 'cdk-trellis/runtime';
 *
 * export const handler = handle({ stage: text() }, async (_event: object, { stage }) => stage.toUpperCase());
 */
export const text = (): Need<'text', 'text', string> => ({
  kind: 'text',
  access: 'text',
  connect: (value) => value,
});

/**
 * A number that the deployment decides.
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
