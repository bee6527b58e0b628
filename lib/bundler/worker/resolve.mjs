// @ts-check
import { dirname } from 'node:path';
import { commonOptions } from './esbuild-options.mjs';
import { aliased } from './imports.mjs';
import { noteSettings } from './inputs.mjs';
import { loadPlugins } from './plugins.mjs';

/**
 * Resolves an import to a file as the bundler does.
 *
 * @param {typeof import('esbuild')} esbuild
 * @param {import('./protocol.mjs').ResolveRequest} request
 * @returns {Promise<import('./protocol.mjs').Resolution>}
 */
export async function resolveImport(esbuild, { unit, specifier, importer }) {
  const { root, options } = unit;
  const { plugins, found } = await loadPlugins(esbuild, unit);
  const resolveDir = dirname(importer);
  /** @type {import('esbuild').PluginBuild | undefined} */
  let inside;
  const common = commonOptions({
    root,
    target: 'esnext',
    conditions: [...unit.conditions, ...(options.conditions ?? [])],
  });
  const context = await esbuild.context({
    ...common,
    external: [...(options.external ?? [])],
    ...(options.tsconfig !== undefined && { tsconfig: options.tsconfig }),
    plugins: [
      ...plugins,
      {
        name: 'trellis-resolve',
        setup(build) {
          inside = build;
        },
      },
    ],
  });
  try {
    const args = aliased({ path: specifier, resolveDir }, unit);
    const build = /** @type {import('esbuild').PluginBuild} */ (inside);
    const { path, errors, external, namespace } = await build.resolve(args.path, {
      kind: 'import-statement',
      importer,
      resolveDir: args.resolveDir,
    });
    const file = errors.length > 0 || external || namespace !== 'file' ? undefined : path;
    noteSettings(found, file ? [importer, file] : [importer], options.tsconfig, new Map());
    return { ...(file !== undefined && { file }), inputs: [...found.inputs], absent: [...found.absent] };
  } finally {
    await context.dispose();
  }
}
