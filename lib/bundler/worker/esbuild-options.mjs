// @ts-check

/** @typedef {import('esbuild').BuildOptions} BuildOptions */

/**
 * What both passes have in common.
 *
 * @param {{ root: string, target: string, conditions: readonly string[] }} unit
 * @returns {BuildOptions & { write: false, metafile: true }}
 */
export function commonOptions({ root, target, conditions }) {
  return {
    absWorkingDir: root,
    outdir: root,
    outExtension: { '.js': '.mjs' },
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target,
    mainFields: ['module', 'main'],
    conditions: ['module', ...conditions],
    // ES modules have them by other names.
    define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
  };
}

/**
 * How the project's code is bundled, with what the user says about it.
 *
 * @param {import('./protocol.mjs').Unit} unit
 */
export function projectOptions(unit) {
  const { define, loader, external, inject, conditions, tsconfig, banner, keepNames } = unit.options;
  const common = commonOptions({ ...unit, conditions: [...unit.conditions, ...(conditions ?? [])] });
  const options = {
    ...common,
    treeShaking: true,
    minifyWhitespace: true,
    // Names stay as they were written, if nothing else is said: stack traces are readable without a source map. The
    // shorter syntax would take away those of function expressions.
    minifySyntax: unit.options.minify ?? false,
    minifyIdentifiers: unit.options.minify ?? false,
    keepNames: keepNames ?? false,
    /** @type {'external' | false} */
    sourcemap: unit.options.sourceMap === false ? false : 'external',
    sourcesContent: false,
    define: { ...common.define, ...define },
    loader: { ...loader },
    external: [...(external ?? [])],
    inject: [...(inject ?? [])],
  };
  return {
    ...options,
    ...(tsconfig !== undefined && { tsconfig }),
    ...(banner !== undefined && { banner: { js: banner } }),
  };
}
