// @ts-check
import { join, relative, resolve } from 'node:path';
import { apartPlugin, nativeRoots } from './apart.mjs';
import { renameChunks } from './chunk-names.mjs';
import { commonOptions } from './esbuild-options.mjs';
import { keepFolder } from './folder.mjs';
import { packageName, slashed } from './imports.mjs';
import { dependencies, isInstalled, isVirtual, noteLink, notePackageFiles, relativeTo } from './inputs.mjs';
import { CodeError } from './mistakes.mjs';
import { VIRTUAL } from './narrowed.mjs';
import { forgetPackages, isNative } from './native.mjs';
import { nodeModules } from './node-modules.mjs';
import { packagesIn } from './packages.mjs';
import { vendorEntries } from './vendor-entries.mjs';
import { bundledWrappers, loadedBy } from './wrappers.mjs';

/**
 * @typedef {import('./protocol.mjs').VendorSet} VendorSet
 * @typedef {import('./apart.mjs').Apart} Apart
 * @typedef {import('esbuild').BuildResult<{ write: false, metafile: true }>} Built
 */

/** How deep below the layer's root its files are: /opt/nodejs/v. */
const FOLDER = 'nodejs/v/';

/**
 * CommonJS packages call `require` for Node's own modules. Only the file with esbuild's stand-in for it gets one.
 */
const STAND_IN = 'Dynamic require of ';
const REQUIRE =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

/**
 * Builds an automatic layer: a file per module and set of names used of it, and chunks for what these have in
 * common, so that every module exists once and no function loads what only another one needs. What cannot be bundled
 * lies next to them as it is installed.
 *
 * @param {typeof import('esbuild')} esbuild
 * @param {string} store
 * @param {VendorSet} set
 * @returns {Promise<import('./protocol.mjs').BuildResult>}
 */
export async function vendorPass(esbuild, store, set) {
  forgetPackages();
  /** @type {import('./artifact.mjs').Files} */
  const files = { [`${FOLDER}package.json`]: '{"type":"module"}\n' };
  const { built, apart } = await build(esbuild, set, new Set(), asked(set));
  refuseCommonJs(set, built.metafile, apart);
  const texts = built.outputFiles.map(
    ({ path, text }) => /** @type {const} */ ([slashed(relative(set.root, path)), text]),
  );
  for (const [path, text] of renameChunks(new Map(texts))) {
    files[FOLDER + path] = (text.includes(STAND_IN) ? REQUIRE : '') + text;
  }
  const copies = nodeModules(apart, set.platforms);
  for (const [name, content] of Object.entries(copies.files)) files[FOLDER + name] = content;
  const executables = new Set([...copies.executables].map((name) => FOLDER + name));
  const packages = packagesIn(set, built.metafile, copies.packages);
  return {
    artifact: { ...keepFolder(store, files, executables), packages },
    ...inputsOf(set, built, copies.sources),
    findings: { vendors: [], wrappers: wrappersIn(set, built.metafile), warnings: [] },
  };
}

/**
 * The wrappers of handlers that packages bring along, by the entries that lead to them.
 *
 * @param {VendorSet} set
 * @param {import('esbuild').Metafile} metafile
 */
function wrappersIn({ root, entries }, metafile) {
  /** @type {Record<string, string[]>} */
  const found = {};
  for (const { id, specifier } of entries) {
    if (packageName(specifier) === 'cdk-trellis') continue;
    const wrappers = bundledWrappers(metafile, root, loadedBy(metafile, `${id}.mjs`));
    if (wrappers.length > 0) found[id] = wrappers;
  }
  return found;
}

/** The packages that users want as they are. @param {VendorSet} set @returns {Apart} */
function asked({ root, nodeModules }) {
  const packages = nodeModules.map(([name, place]) => {
    const folder = join(root, place);
    const asked = { folder, isNative: isNative(folder), isOptional: false, entries: [] };
    return /** @type {const} */ ([name, asked]);
  });
  return new Map(packages);
}

/**
 * @param {typeof import('esbuild')} esbuild
 * @param {VendorSet} set
 * @param {ReadonlySet<string>} absent names that modules turned out not to have
 * @param {Apart} apart what is not bundled
 * @returns {Promise<{ built: Built, apart: Apart }>}
 */
async function build(esbuild, set, absent, apart) {
  const isApart = (/** @type {string} */ specifier) => apart.has(packageName(specifier));
  const built = await esbuild
    .build({
      ...commonOptions(set),
      entryPoints: set.entries.map(({ id }) => ({ in: VIRTUAL + id, out: id })),
      splitting: true,
      chunkNames: 'c/[hash]',
      minify: true,
      plugins: [vendorEntries({ set, absent, isApart }), apartPlugin(apart)],
    })
    .catch((error) => {
      const names = notExported(set, error);
      if (names.length === 0 || names.every((name) => absent.has(name))) throw named(set, error);
      return names;
    });
  if (Array.isArray(built)) return build(esbuild, set, new Set([...absent, ...built]), apart);
  const natives = nativeRoots(set, built.metafile);
  if (natives.size === 0) return { built, apart };
  return build(esbuild, set, absent, new Map([...apart, ...natives]));
}

/**
 * The members that modules do not have. A program that reads one finds `undefined`.
 *
 * @param {VendorSet} set
 * @param {Partial<import('esbuild').BuildFailure>} error
 */
function notExported(set, error) {
  return (error.errors ?? []).flatMap(({ text, location }) => {
    const name = MISSING.exec(text)?.[1];
    const { module, entry, path } = virtual(set, location);
    return entry?.perhaps.includes([...path, name].join('.')) ? `${module} ${name}` : [];
  });
}

const MISSING = /^(?:No matching export in ".*" for|Ambiguous) import "([^"]*)"/;

/**
 * The virtual module that an error is about: the `z` of an entry is `<id>/z`.
 *
 * @param {VendorSet} set
 * @param {import('esbuild').Location | null} location
 */
function virtual(set, location) {
  const module = location?.file.startsWith(VIRTUAL) ? location.file.slice(VIRTUAL.length) : '';
  const [id, ...path] = module.split('/');
  return { module, entry: set.entries.find((entry) => entry.id === id), path };
}

/**
 * An error about one of our virtual modules is about the code that asked for it.
 *
 * @param {VendorSet} set
 * @param {Partial<import('esbuild').BuildFailure>} error
 */
function named(set, error) {
  const mistakes = (error.errors ?? []).map(({ text, location }) => {
    const { entry } = virtual(set, location);
    if (entry) return { text: `${text} (of "${entry.specifier}")`, entries: [entry.id] };
    return { text: location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text };
  });
  return mistakes.length > 0 ? new CodeError(mistakes) : error;
}

/**
 * The names of a CommonJS package are known only when it runs: as a whole it would be an empty module.
 *
 * @param {VendorSet} set
 * @param {import('esbuild').Metafile} metafile
 * @param {Apart} apart
 */
function refuseCommonJs(set, metafile, apart) {
  const mistakes = [];
  for (const { id, specifier, names } of set.entries) {
    const file = metafile.inputs[VIRTUAL + id]?.imports[0]?.path ?? '';
    if (names !== '*' || apart.has(packageName(specifier)) || metafile.inputs[file]?.format !== 'cjs')
      continue;
    const text = `"${specifier}" is a CommonJS package: import the names you use from it (\`import { name } from '${specifier}'\`) or its default, not the whole module.`;
    mistakes.push({ text, entries: [id] });
  }
  if (mistakes.length > 0) throw new CodeError(mistakes);
}

/**
 * All that the layer was made from: the lockfile does not tell when files of packages change.
 *
 * @param {VendorSet} set
 * @param {Built} built
 * @param {Iterable<string>} copies
 */
function inputsOf({ root, entries }, { metafile }, copies) {
  const found = dependencies();
  const files = Object.keys(metafile.inputs)
    .filter((input) => !isVirtual(input))
    .map((input) => resolve(root, input));
  for (const file of files) if (!isInstalled(file)) found.inputs.add(file);
  notePackageFiles(found, [...files.filter(isInstalled), ...copies]);
  for (const { specifier, from } of entries) {
    noteLink(found, join(root, from, 'node_modules', packageName(specifier)));
  }
  return relativeTo(root, found);
}
