// @ts-check

/** @typedef {import('./protocol.mjs').BuildError} BuildError */

/** What is wrong with somebody's code, as opposed to a fault in here. */
export class CodeError extends Error {
  /** @param {BuildError[]} errors */
  constructor(errors) {
    super(errors.map(({ text }) => text).join('\n'));
    this.errors = errors;
  }
}

/** @param {unknown} error whatever a build has thrown @returns {BuildError[]} */
export function errorsOf(error) {
  if (error instanceof CodeError) return error.errors;
  const { errors } = /** @type {Partial<import('esbuild').BuildFailure>} */ (error);
  if (!errors) return [{ text: error instanceof Error ? (error.stack ?? error.message) : String(error) }];
  return errors.map(({ location, text, pluginName }) => {
    const by = pluginName && !pluginName.startsWith('trellis-') ? ` (plugin ${pluginName})` : '';
    const at = location ? `${location.file}:${location.line}:${location.column + 1}: ` : '';
    return { text: `${at}${text}${remedy(text)}${by}` };
  });
}

/** What to do about what esbuild says; its own advice is about its command line. @type {[RegExp, string][]} */
const REMEDIES = [
  [/^Could not resolve "\.{0,2}\//, '. There is no such file.'],
  [
    /^Could not resolve "(@[^/"]+\/)?[^.#/@"]+\/./,
    '. Install the package, in a version that exports this path, or name it in `bundling.external` if a layer of yours has it.',
  ],
  [
    /^Could not resolve "[^.#/]/,
    '. Install it, or name it in `bundling.external` if a layer of yours has it.',
  ],
  [
    /^No loader is configured for "(.*)" files/,
    ". Say how it is to be loaded, as in `bundling: { loader: { '$1': 'text' } }`.",
  ],
];

/** @param {string} text */
function remedy(text) {
  const [pattern, advice = ''] = REMEDIES.find(([one]) => one.test(text)) ?? [];
  return advice.replace('$1', pattern?.exec(text)?.[1] ?? '');
}
