// @ts-check

/** @typedef {import('esbuild').BuildOptions} BuildOptions */

/**
 * Returns the options of both passes.
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
    // ES modules have other names for them.
    define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
  };
}

/**
 * Returns the options for the project's code, with the user's bundling options.
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
    // Names are kept by default, so that stack traces are readable without a source map. Minified syntax would remove
    // the names of function expressions.
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
