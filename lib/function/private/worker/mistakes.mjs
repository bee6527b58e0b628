// @ts-check

/** @typedef {import('./protocol.mjs').Mistake} Mistake */

/** What is wrong with somebody's code, as opposed to a fault in here. */
export class CodeError extends Error {
  /** @param {Mistake[]} mistakes */
  constructor(mistakes) {
    super(mistakes.map(({ text }) => text).join('\n'));
    this.mistakes = mistakes;
  }
}

/** @param {unknown} error whatever a build has thrown @returns {Mistake[]} */
export function mistakesOf(error) {
  if (error instanceof CodeError) return error.mistakes;
  const { errors } = /** @type {Partial<import('esbuild').BuildFailure>} */ (error);
  if (!errors) return [{ text: error instanceof Error ? (error.stack ?? error.message) : String(error) }];
  return errors.map(({ location, text, pluginName }) => {
    const by = pluginName && !pluginName.startsWith('trellis-') ? ` (plugin ${pluginName})` : '';
    const at = location ? `${location.file}:${location.line}:${location.column + 1}: ` : '';
    return { text: `${at}${text}${by}` };
  });
}
