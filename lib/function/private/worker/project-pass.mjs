// @ts-check
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { imports, VENDOR_FOLDER } from './imports.mjs';
import { namesUsed } from './names.mjs';
import { keep, sha256 } from './store.mjs';

/** @typedef {import('./protocol.mjs').Unit} Unit */

/**
 * Bundles the project's own code. Functions that have their options in common are entry points of one run, so that
 * a file they share is parsed once; without splitting, so that no function's bundle depends on which others exist.
 *
 * @param {typeof import('esbuild')} esbuild
 * @param {import('./protocol.mjs').ProjectRequest} request
 * @returns {Promise<import('./protocol.mjs').ProjectResult>}
 */
export async function projectPass(esbuild, { store, units }) {
  /** @type {import('./protocol.mjs').ProjectResult} */
  const result = { units: {}, failures: [] };
  await Promise.all(
    groups(units).map(async (group) => {
      try {
        Object.assign(result.units, await buildGroup(esbuild, store, group));
      } catch (error) {
        result.failures.push(...(await blame(esbuild, store, group, error)));
      }
    }),
  );
  return result;
}

/** @param {Unit[]} units @returns {Unit[][]} */
function groups(units) {
  /** @type {Map<string, Unit[]>} */
  const found = new Map();
  for (const unit of units) {
    const { root, folder, layers, options, conditions, target } = unit;
    const key = JSON.stringify([root, folder, layers, options, conditions, target]);
    found.set(key, [...(found.get(key) ?? []), unit]);
  }
  return [...found.values()];
}

/**
 * esbuild does not say which entry point an error belongs to: build them one by one to find out.
 *
 * @param {typeof import('esbuild')} esbuild
 * @param {string} store
 * @param {Unit[]} group
 * @param {unknown} error
 */
async function blame(esbuild, store, group, error) {
  const tries = group.map(async (unit) => {
    try {
      if (group.length > 1) await buildGroup(esbuild, store, [unit]);
      else throw error;
      return [];
    } catch (failure) {
      return [{ key: unit.key, errors: await messages(failure) }];
    }
  });
  return (await Promise.all(tries)).flat();
}

/** @param {unknown} failure @returns {Promise<string[]>} */
export async function messages(failure) {
  const { errors } = /** @type {Partial<import('esbuild').BuildFailure>} */ (failure);
  if (!errors) return [failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)];
  return errors.map(({ location, text }) =>
    location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text,
  );
}

/**
 * @param {typeof import('esbuild')} esbuild
 * @param {string} store
 * @param {Unit[]} group
 */
async function buildGroup(esbuild, store, group) {
  const [unit] = group;
  if (!unit) return {};
  /** @type {Map<string, import('./imports.mjs').Vendor>} */
  const vendors = new Map();
  const built = await esbuild.build({
    absWorkingDir: unit.root,
    entryPoints: group.flatMap((one, index) =>
      Object.entries(one.entries).map(([out, file]) => ({ in: file, out: outputName(one, index, out) })),
    ),
    outdir: unit.root,
    outExtension: { '.js': '.mjs' },
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: unit.target,
    mainFields: ['module', 'main'],
    conditions: ['module', ...unit.conditions],
    splitting: unit.folder !== undefined,
    chunkNames: 'c/[name]-[hash]',
    treeShaking: true,
    // Names stay as they were written: stack traces are readable without a source map.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
    plugins: [imports(unit, vendors)],
    define: { ...unit.options.define },
    loader: { ...unit.options.loader },
    external: [...(unit.options.external ?? [])],
  });
  const files = Object.keys(built.metafile.inputs);
  const byPath = new Map(files.map((input) => [resolve(unit.root, input), input]));
  const also = settings(unit);
  /** @type {Record<string, import('./protocol.mjs').UnitResult>} */
  const results = {};
  for (const [index, one] of group.entries()) {
    const prefix = one.folder === undefined ? `${join(one.root, `f${index}-`)}` : `${one.root}/`;
    const outputs = built.outputFiles.filter(({ path }) => path.startsWith(prefix));
    const inputs = reachable(one, built.metafile, byPath);
    refuseForeign(one, inputs);
    const { artifact, entries } = await finish(store, one, outputs, prefix, vendors);
    results[one.key] = { artifact, inputs: [...inputs, ...also], vendors: entries };
  }
  return results;
}

/** @param {Unit} unit @param {number} index @param {string} out */
function outputName(unit, index, out) {
  return unit.folder === undefined ? `f${index}-${out}` : out;
}

/**
 * Names the vendor files that the outputs import, and keeps them.
 *
 * @param {string} store
 * @param {Unit} unit
 * @param {import('esbuild').OutputFile[]} outputs
 * @param {string} prefix what their paths have before the names of the files
 * @param {Map<string, import('./imports.mjs').Vendor>} vendors
 */
async function finish(store, unit, outputs, prefix, vendors) {
  const mine = outputs.map(({ path, text }) => /** @type {const} */ ([path, text]));
  const code = mine.filter(([path]) => path.endsWith('.mjs'));
  const used = await namesUsed(
    code.map(([, text]) => text),
    (specifier) => specifier.startsWith(VENDOR_FOLDER),
  );
  /** @type {import('./protocol.mjs').VendorEntry[]} */
  const entries = [];
  /** @type {[string, string][]} */
  const replacements = [];
  for (const [path, use] of [...used].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const vendor = vendors.get(path);
    if (!vendor) throw new Error(`No module is known for ${path}`);
    const names = use.whole
      ? /** @type {const} */ ('*')
      : [...new Set([...use.names, ...use.perhaps])].sort();
    const hash = sha256(vendor.specifier, '\0', vendor.identity, '\0', JSON.stringify(names)).slice(0, 8);
    const id = `${vendor.slug}-${hash}`;
    const perhaps = [...use.perhaps].filter((name) => !use.names.has(name)).sort();
    entries.push({ id, specifier: vendor.specifier, from: vendor.from, names, perhaps });
    replacements.push([path, `${VENDOR_FOLDER}${id}.mjs`]);
  }
  /** @type {Record<string, string | Uint8Array>} */
  const files = { ...unit.assets };
  for (const [path, text] of mine) {
    const name = `${unit.base ?? ''}${path.slice(prefix.length)}`;
    if (name.endsWith('.map')) files[name] = text;
    else
      files[name] =
        `${replaceAll(text, replacements).trimEnd()}\n//# sourceMappingURL=${name.split('/').at(-1)}.map\n`;
  }
  return { artifact: keep(store, files), entries };
}

/** @param {string} text @param {[string, string][]} replacements */
function replaceAll(text, replacements) {
  return replacements.reduce((result, [from, to]) => result.replaceAll(from, to), text);
}

/**
 * All files of the project that an output was made from, relative to the root. esbuild's own list per output leaves
 * out those of which nothing remained.
 *
 * @param {Unit} unit
 * @param {import('esbuild').Metafile} metafile
 * @param {Map<string, string>} byPath the inputs by their absolute paths
 */
function reachable(unit, metafile, byPath) {
  const queue = Object.values(unit.entries).map((file) => byPath.get(resolve(unit.root, file)) ?? '');
  const seen = new Set(queue);
  for (const input of queue) {
    for (const { path, external } of metafile.inputs[input]?.imports ?? []) {
      if (external || seen.has(path)) continue;
      seen.add(path);
      queue.push(path);
    }
  }
  return [...seen].filter((input) => metafile.inputs[input] && !input.includes('node_modules/')).sort();
}

/**
 * A module must exist once within a function, or `instanceof` fails and its state is there twice: a layer takes no
 * project code from outside its folder, and a function takes a layer's code from the layer only.
 *
 * @param {Unit} unit
 * @param {string[]} inputs
 */
function refuseForeign(unit, inputs) {
  const { folder, root, layers } = unit;
  const errors = [];
  const foreign = inputs.filter((input) => folder && !resolve(root, input).startsWith(`${folder}/`));
  if (foreign.length > 0) {
    const text = `A layer holds what is in its folder and packages from npm, but this one imports ${foreign.join(', ')}. Move it into the layer.`;
    errors.push({ text, location: null });
  }
  for (const layer of layers) {
    const twice = inputs.find((input) => resolve(root, input).startsWith(`${layer.folder}/`));
    if (!twice) continue;
    const text = `${twice} is in the layer ${layer.name} and would be in the function too. Import it by the layer's package name, not by its path.`;
    errors.push({ text, location: null });
  }
  if (errors.length > 0) throw Object.assign(new Error('misplaced files'), { errors });
}

/** What changes a bundle without being in it. @param {Unit} unit */
function settings(unit) {
  return ['package.json', 'tsconfig.json'].filter((name) => {
    try {
      return readFileSync(join(unit.root, name)).length > 0;
    } catch {
      return false;
    }
  });
}
