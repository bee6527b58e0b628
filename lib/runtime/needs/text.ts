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
