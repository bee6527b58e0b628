// @ts-check

/** @typedef {import('./protocol.mjs').BuildError} BuildError */

/** An error in the user's code, as opposed to an error of the bundler. */
export class CodeError extends Error {
  /** @param {BuildError[]} errors */
  constructor(errors) {
    super(errors.map(({ text }) => text).join('\n'));
    this.errors = errors;
  }
}

/** @param {unknown} error thrown by a build @returns {BuildError[]} */
export function errorsOf(error) {
  if (error instanceof CodeError) return error.errors;
  const { errors } = /** @type {Partial<import('esbuild').BuildFailure>} */ (error);
  if (!errors) return [{ text: error instanceof Error ? (error.stack ?? error.message) : String(error) }];
  return errors.map(({ location, text, pluginName }) => {
    const plugin = pluginName && !pluginName.startsWith('trellis-') ? ` (plugin ${pluginName})` : '';
    const position = location ? `${location.file}:${location.line}:${location.column + 1}: ` : '';
    return { text: `${position}${text}${remedy(text)}${plugin}` };
  });
}

/** Remedies for esbuild's errors; its own advice is about its command line. @type {[RegExp, string][]} */
const REMEDIES = [
  [/^Could not resolve "\.{0,2}\//, '. The file does not exist.'],
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
    ". Set a loader, as in `bundling: { loader: { '$1': 'text' } }`.",
  ],
];

/** @param {string} text */
function remedy(text) {
  const [pattern, advice = ''] = REMEDIES.find(([candidate]) => candidate.test(text)) ?? [];
  return advice.replace('$1', pattern?.exec(text)?.[1] ?? '');
}
