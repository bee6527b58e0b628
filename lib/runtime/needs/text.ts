import type { Need } from './need.js';

/**
 * A text that the deployment sets, such as a stage's name. It is in the function's configuration, readable for everyone
 * with access to that: use `secret.read` for secrets.
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
