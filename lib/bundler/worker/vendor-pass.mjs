// @ts-check
import { join, relative, resolve } from 'node:path';
import { apartPlugin, nativeRoots, withPlatforms } from './apart.mjs';
import { renameChunks } from './chunk-names.mjs';
import { commonOptions } from './esbuild-options.mjs';
import { keepFolder } from './folder.mjs';
import { generatedPlugin } from './generated.mjs';
import { packageName, slashed } from './imports.mjs';
import { dependencies, isInstalled, isVirtual, noteLink, notePackageFiles, relativeTo } from './inputs.mjs';
import { VIRTUAL } from './narrowed.mjs';
import { forgetPackages, isNative } from './native.mjs';
import { nodeModules } from './node-modules.mjs';
import { optionalModules, optionalPlugin, optionalWarnings } from './optional.mjs';
import { packagesIn } from './packages.mjs';
import { vendorEntries } from './vendor-entries.mjs';
import { assertNoWholeCommonJs, named, notExported } from './vendor-errors.mjs';
import { bundledWrappers, loadedBy } from './wrappers.mjs';

/**
 * @typedef {import('./protocol.mjs').DependencySet} DependencySet
 * @typedef {import('./apart.mjs').Apart} Apart
 * @typedef {import('esbuild').BuildResult<{ write: false, metafile: true }>} Built
 */

/** Folder of the bundles in the layer: /opt/nodejs/v. */
const FOLDER = 'nodejs/v/';

/**
 * CommonJS packages call `require` for Node.js's built-in modules. Only the file with esbuild's shim for it gets one.
 */
const REQUIRE_SHIM = 'Dynamic require of ';
const REQUIRE =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

/**
 * Builds a dependency layer: a file per module and set of used names, and chunks for shared code, so that every module
 * exists once and no function loads code that only another one needs. Packages that cannot be bundled are copied as
 * installed.
 *
 * @param {typeof import('esbuild')} esbuild
 * @param {string} store
 * @param {DependencySet} set
 * @returns {Promise<import('./protocol.mjs').BuildResult>}
 */
export async function vendorPass(esbuild, store, set) {
  forgetPackages();
  /** @type {import('./artifact.mjs').Files} */
  const files = { [`${FOLDER}package.json`]: '{"type":"module"}\n' };
  const { built, apart, missing } = await build(
    esbuild,
    set,
    { absent: new Set(), missing: new Map() },
    listedPackages(set),
  );
  assertNoWholeCommonJs(set, built.metafile, apart);
  const texts = built.outputFiles.map(
    ({ path, text }) => /** @type {const} */ ([slashed(relative(set.root, path)), text]),
  );
  for (const [path, text] of renameChunks(new Map(texts))) {
    files[FOLDER + path] = (text.includes(REQUIRE_SHIM) ? REQUIRE : '') + text;
  }
  const copies = nodeModules(withPlatforms(set, built.metafile, apart));
  for (const [name, content] of Object.entries(copies.files)) files[FOLDER + name] = content;
  const executables = new Set([...copies.executables].map((name) => FOLDER + name));
  const packages = packagesIn(set, built.metafile, copies.packages);
  return {
    artifact: { ...keepFolder(store, files, executables), packages },
    ...inputsOf(set, built, copies.sources),
    findings: { vendors: [], wrappers: wrappersIn(set, built.metafile), warnings: optionalWarnings(missing) },
  };
}

/**
 * Returns the handler wrappers in packages, by the entries that lead to them.
 *
 * @param {DependencySet} set
 * @param {import('esbuild').Metafile} metafile
 */
function wrappersIn({ root, entries }, metafile) {
  /** @type {Record<string, string[]>} */
  const byEntry = {};
  for (const { id, specifier } of entries) {
    if (packageName(specifier) === 'cdk-trellis') continue;
    const wrappers = bundledWrappers(metafile, root, loadedBy(metafile, `${id}.mjs`));
    if (wrappers.length > 0) byEntry[id] = wrappers;
  }
  return byEntry;
}

/** Returns the packages that users list in `nodeModules`. @param {DependencySet} set @returns {Apart} */
function listedPackages({ root, nodeModules }) {
  const packages = nodeModules.map(([name, place, platforms]) => {
    const folder = join(root, place);
    const listed = { folder, isNative: isNative(folder), isOptional: false, entries: [], platforms };
    return /** @type {const} */ ([name, listed]);
  });
  return new Map(packages);
}

/**
 * @typedef {{ absent: ReadonlySet<string>, missing: import('./optional.mjs').Missing }} Known
 *   Findings of earlier runs: `absent` are names that modules do not have, `missing` are optional modules of packages.
 */

/**
 * @param {typeof import('esbuild')} esbuild
 * @param {DependencySet} set
 * @param {Known} known
 * @param {Apart} apart packages that are not bundled
 * @returns {Promise<{ built: Built, apart: Apart, missing: Known['missing'] }>}
 */
async function build(esbuild, set, known, apart) {
  const { absent, missing } = known;
  const built = await run(esbuild, set, known, apart).catch((error) => error);
  if (built instanceof Error) {
    const { errors = [] } = /** @type {Partial<import('esbuild').BuildFailure>} */ (built);
    const names = notExported(set, errors).filter((name) => !absent.has(name));
    const optional = await optionalModules(set.root, errors);
    const isNew = names.length > 0 || [...optional.keys()].some((key) => !missing.has(key));
    if (!isNew)
      throw await named(set, built, (entry) => run(esbuild, { ...set, entries: [entry] }, known, apart));
    const next = {
      absent: new Set([...absent, ...names]),
      missing: new Map([...missing, ...optional]),
    };
    return build(esbuild, set, next, apart);
  }
  const natives = nativeRoots(set, built.metafile);
  if (natives.size === 0) return { built, apart, missing };
  return build(esbuild, set, known, new Map([...apart, ...natives]));
}

/**
 * @param {typeof import('esbuild')} esbuild
 * @param {DependencySet} set
 * @param {Known} known
 * @param {Apart} apart
 * @returns {Promise<Built>}
 */
function run(esbuild, set, { absent, missing }, apart) {
  const isApart = (/** @type {string} */ specifier) => apart.has(packageName(specifier));
  return esbuild.build({
    ...commonOptions(set),
    entryPoints: set.entries.map(({ id }) => ({ in: VIRTUAL + id, out: id })),
    splitting: true,
    chunkNames: 'c/[hash]',
    minify: true,
    // Code distinguishes errors by class name, and registries list classes by name.
    keepNames: true,
    logLimit: 0,
    plugins: [
      vendorEntries({ set, absent, isApart }),
      apartPlugin(apart),
      optionalPlugin(missing),
      generatedPlugin(),
    ],
  });
}

/**
 * Returns all inputs of the layer: the lockfile does not reveal changes to a package's files.
 *
 * @param {DependencySet} set
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
