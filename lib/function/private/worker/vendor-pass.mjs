// @ts-check
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { messages } from './project-pass.mjs';
import { keep } from './store.mjs';

/** @typedef {import('./protocol.mjs').VendorSet} VendorSet */

/** How deep below the layer's root its files are: /opt/nodejs/v. */
const FOLDER = 'nodejs/v/';

/**
 * CommonJS packages call `require` for Node's own modules. Only the file with esbuild's stand-in for it gets one.
 */
const STAND_IN = 'Dynamic require of ';
const REQUIRE =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

/**
 * Builds the automatic layers: a file per module and set of names used of it, and chunks for what these have in
 * common, so that every module exists once and no function loads what only another one needs.
 *
 * @param {typeof import('esbuild')} esbuild
 * @param {import('./protocol.mjs').VendorRequest} request
 * @returns {Promise<import('./protocol.mjs').VendorResult>}
 */
export async function vendorPass(esbuild, { store, sets }) {
  /** @type {import('./protocol.mjs').VendorResult} */
  const result = { sets: {}, failures: [] };
  await Promise.all(
    sets.map(async (set) => {
      try {
        result.sets[set.key] = await buildSet(esbuild, store, set, new Set());
      } catch (error) {
        result.failures.push({
          key: set.key,
          errors: (await messages(error)).map((text) => named(set, text)),
        });
      }
    }),
  );
  return result;
}

/**
 * @param {typeof import('esbuild')} esbuild
 * @param {string} store
 * @param {VendorSet} set
 * @param {Set<string>} absent names that turned out to be text in a string
 * @returns {Promise<{ artifact: import('./protocol.mjs').Artifact, inputs: string[] }>}
 */
async function buildSet(esbuild, store, set, absent) {
  /** @type {Record<string, string | Uint8Array>} */
  const files = { [`${FOLDER}package.json`]: '{"type":"module"}\n' };
  if (set.entries.length === 0) return { artifact: keep(store, files), inputs: [] };
  const built = await esbuild
    .build({
      absWorkingDir: set.root,
      entryPoints: set.entries.map(({ id }) => ({ in: `trellis:${id}`, out: id })),
      outdir: set.root,
      outExtension: { '.js': '.mjs' },
      write: false,
      bundle: true,
      splitting: true,
      chunkNames: 'c/[hash]',
      format: 'esm',
      platform: 'node',
      target: set.target,
      mainFields: ['module', 'main'],
      conditions: ['module', ...set.conditions],
      minify: true,
      legalComments: 'none',
      metafile: true,
      logLevel: 'silent',
      plugins: [entries(set, absent)],
    })
    .catch((error) => {
      const names = notExported(set, error);
      if (names.length === 0 || names.every((name) => absent.has(name))) throw error;
      return names;
    });
  if (Array.isArray(built)) return buildSet(esbuild, store, set, new Set([...absent, ...built]));
  refuseCommonJs(set, built.metafile);
  for (const { path, text } of built.outputFiles) {
    const banner = text.includes(STAND_IN) ? REQUIRE : '';
    files[`${FOLDER}${path.slice(join(set.root, '/').length)}`] = banner + text;
  }
  const inputs = Object.keys(built.metafile.inputs).filter(
    (input) => !input.includes('node_modules/') && !input.startsWith('trellis:'),
  );
  return { artifact: keep(store, files), inputs: inputs.sort() };
}

/** An error about one of our virtual modules is about the code that asked for it. @param {VendorSet} set @param {string} text */
function named(set, text) {
  const id = /^trellis:(\S+?):\d+:\d+: /.exec(text);
  const entry = set.entries.find((candidate) => candidate.id === id?.[1]);
  return id && entry ? `${entry.from || '.'}: ${text.slice(id[0].length)} (of "${entry.specifier}")` : text;
}

/** @param {VendorSet} set @param {Set<string>} absent @returns {import('esbuild').Plugin} */
function entries(set, absent) {
  const byId = new Map(set.entries.map((entry) => [entry.id, entry]));
  return {
    name: 'trellis-vendor',
    setup(build) {
      build.onResolve({ filter: /^trellis:/ }, ({ path }) => ({ path: path.slice(8), namespace: 'trellis' }));
      build.onLoad({ filter: /.*/, namespace: 'trellis' }, async ({ path }) => {
        const entry = byId.get(path);
        if (!entry) return undefined;
        const resolveDir = join(set.root, entry.from);
        return (
          (await ownModules(build, entry, resolveDir)) ?? { contents: moduleText(entry, absent), resolveDir }
        );
      });
      build.onResolve({ filter: /\.node$/ }, ({ path, importer }) => ({
        errors: [
          {
            text: `${basename(path)} is native code (imported by ${importer.split('/node_modules/').at(-1)}): a bundle cannot carry it. Put the package, built for the function's architecture, into a layer of your own and name it in \`bundling.external\`.`,
          },
        ],
      }));
    },
  };
}

/**
 * Names of this library's runtime, taken from the modules that have them. Its index leads to the clients of ten
 * services, and esbuild would read them all to leave nine of them out.
 *
 * @param {import('esbuild').PluginBuild} build
 * @param {import('./protocol.mjs').VendorEntry} entry
 * @param {string} resolveDir
 * @returns {Promise<import('esbuild').OnLoadResult | undefined>}
 */
async function ownModules(build, { specifier, names }, resolveDir) {
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

/** @param {import('./protocol.mjs').VendorEntry} entry @param {Set<string>} absent */
function moduleText({ specifier, names }, absent) {
  const from = JSON.stringify(specifier);
  if (names === '*')
    return `export * from ${from}; import * as all from ${from}; export default all.default;`;
  const present = names.filter((name) => !absent.has(`${specifier} ${name}`));
  return present.length > 0 ? `export { ${present.join(', ')} } from ${from};` : `import ${from};`;
}

/**
 * The names that do not exist and that may have been text in a string only.
 *
 * @param {VendorSet} set
 * @param {Partial<import('esbuild').BuildFailure>} error
 */
function notExported(set, error) {
  const missing = (error.errors ?? []).map(
    ({ text }) => /^No matching export in ".*" for import "(.*)"$/.exec(text)?.[1],
  );
  return set.entries.flatMap(({ specifier, perhaps }) =>
    perhaps.filter((name) => missing.includes(name)).map((name) => `${specifier} ${name}`),
  );
}

/**
 * The names of a CommonJS package are known only when it runs: as a whole it would be an empty module.
 *
 * @param {VendorSet} set
 * @param {import('esbuild').Metafile} metafile
 */
function refuseCommonJs(set, metafile) {
  const errors = [];
  for (const { id, specifier, names } of set.entries) {
    const file = metafile.inputs[`trellis:${id}`]?.imports[0]?.path ?? '';
    if (names !== '*' || metafile.inputs[file]?.format !== 'cjs') continue;
    const text = `"${specifier}" is a CommonJS package: import the names you use from it (\`import { name } from '${specifier}'\`) or its default, not the whole module.`;
    errors.push({ text, location: null });
  }
  if (errors.length > 0) throw Object.assign(new Error('CommonJS package'), { errors });
}
