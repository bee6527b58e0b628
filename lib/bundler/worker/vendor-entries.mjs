// @ts-check
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { namespacesOf } from './namespaces.mjs';
import { narrowed, topNames, VIRTUAL } from './narrowed.mjs';

/**
 * @typedef {import('./protocol.mjs').DependencySet} DependencySet
 * @typedef {import('./protocol.mjs').VendorEntry} VendorEntry
 * @typedef {{ set: DependencySet, absent: ReadonlySet<string>, isApart: (specifier: string) => boolean }} Scope
 *   `absent` are names that modules do not have; packages that are apart are not bundled.
 */

/**
 * Plugin for the virtual modules of a layer, each with the names that functions use of a package.
 *
 * @param {Scope} scope
 * @returns {import('esbuild').Plugin}
 */
export function vendorEntries(scope) {
  const byId = new Map(scope.set.entries.map((entry) => [entry.id, entry]));
  return {
    name: 'trellis-vendor',
    setup(build) {
      const namespaces = namespacesOf(build);
      /** @type {Map<string, import('esbuild').OnLoadResult>} */
      const parts = new Map();
      build.onResolve({ filter: /^trellis:/ }, ({ path }) => ({
        path: path.slice(VIRTUAL.length),
        namespace: 'trellis',
      }));
      build.onLoad({ filter: /.*/, namespace: 'trellis' }, async ({ path }) => {
        const entry = byId.get(path);
        if (!entry) return parts.get(path);
        const resolveDir = join(scope.set.root, entry.from);
        const whole =
          (await runtimeModules(build, entry, resolveDir)) ?? wholeModule(entry, scope, resolveDir);
        if (whole) return whole;
        for (const [id, part] of await narrowed(namespaces, entry, resolveDir, scope.absent))
          parts.set(id, part);
        return parts.get(path);
      });
    },
  };
}

/**
 * Loads names of this library's runtime from the modules that define them. Its index imports the clients of ten
 * services, and esbuild would parse all of them to drop nine.
 *
 * @param {import('esbuild').PluginBuild} build
 * @param {VendorEntry} entry
 * @param {string} resolveDir
 * @returns {Promise<import('esbuild').OnLoadResult | undefined>}
 */
async function runtimeModules(build, { specifier, names }, resolveDir) {
  if (specifier !== 'cdk-trellis/runtime' || names === '*') return undefined;
  const index = await build.resolve(specifier, { kind: 'import-statement', resolveDir });
  if (index.errors.length > 0) return undefined;
  /** @type {Map<string, string>} */
  const modules = new Map();
  for (const [, list = '', file = ''] of readFileSync(index.path, 'utf8').matchAll(REEXPORTS)) {
    for (const name of list.split(',')) modules.set(name.trim(), file);
  }
  if (!names.every((name) => modules.has(name))) return undefined;
  const lines = names.map((name) => `export { ${name} } from ${JSON.stringify(modules.get(name))};`);
  return { contents: lines.join('\n'), resolveDir: dirname(index.path) };
}

const REEXPORTS = /^export \{([^}]*)\} from ['"](.+)['"];$/gm;

/**
 * Loads a module that is used as a whole, or a package that is resolved at run time.
 *
 * @param {VendorEntry} entry
 * @param {Scope} scope
 * @param {string} resolveDir
 * @returns {import('esbuild').OnLoadResult | undefined}
 */
function wholeModule({ specifier, names }, { isApart }, resolveDir) {
  const from = JSON.stringify(specifier);
  if (names === '*') {
    const contents = `export * from ${from}; import * as all from ${from}; export default all.default;`;
    return { contents, resolveDir };
  }
  return isApart(specifier) ? { contents: namesAtRunTime(from, topNames(names)), resolveDir } : undefined;
}

/**
 * Returns exports that are read at run time. Node.js does not detect every name that a CommonJS module exports, as
 * esbuild does for a bundled one: all are members of its default export.
 *
 * @param {string} from
 * @param {string[]} names
 */
function namesAtRunTime(from, names) {
  const lines = names.map((name, index) =>
    name === 'default'
      ? 'export default all.__esModule ? all.default : module.default;'
      : `const e${index} = ${JSON.stringify(name)} in module ? module.${name} : all.${name}; export { e${index} as ${name} };`,
  );
  return [`import * as module from ${from};`, 'const all = module.default ?? {};', ...lines].join('\n');
}
