// @ts-check
import { mkdirSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { keepArchive } from './archive.mjs';
import { metadataPlugin } from './decorators.mjs';
import { withTypes } from './erased-types.mjs';
import { CodeError, errorsOf } from './errors.mjs';
import { projectOptions } from './esbuild-options.mjs';
import { copied } from './files.mjs';
import { keepFolder } from './folder.mjs';
import { imports, slashed } from './imports.mjs';
import {
  dependencies,
  isInstalled,
  noteLink,
  notePackageFiles,
  noteSettings,
  relativeTo,
} from './inputs.mjs';
import { withNamespaces } from './namespaces.mjs';
import { finishOutputs, outputsOf } from './outputs.mjs';
import { loadPlugins } from './plugins.mjs';
import { OWN } from './protocol.mjs';
import { assertNoForeignSources, decoratedFiles, reachable } from './unit-sources.mjs';
import { bundledWrappers, isRuntime, loadedBy, namedWrappers } from './wrappers.mjs';

/**
 * @typedef {import('./protocol.mjs').Unit} Unit
 * @typedef {import('./inputs.mjs').Dependencies} Dependencies
 * @typedef {{ result: import('./protocol.mjs').BuildResult } | { errors: import('./protocol.mjs').BuildError[] }} UnitOutcome
 */

/**
 * Bundles the project's own code. Functions with equal options are entry points of one run, so that a shared file is
 * parsed once. Code splitting is off, so that a function's bundle does not depend on the other functions.
 *
 * @param {typeof import('esbuild')} esbuild
 * @param {string} store
 * @param {Unit[]} units
 * @returns {Promise<Map<Unit, UnitOutcome>>}
 */
export async function projectPass(esbuild, store, units) {
  const outcomes = await Promise.all(groupsOf(units).map((group) => outcomesOf(esbuild, store, group)));
  return new Map(outcomes.flat());
}

/** @param {Unit[]} units @returns {Unit[][]} */
function groupsOf(units) {
  /** @type {Map<string, Unit[]>} */
  const groups = new Map();
  for (const unit of units) {
    const { root, folder, layers, options, conditions, target } = unit;
    const key = JSON.stringify([root, folder, layers, options, conditions, target]);
    const group = groups.get(key);
    if (group) group.push(unit);
    else groups.set(key, [unit]);
  }
  return [...groups.values()];
}

/**
 * Builds a group. If the run fails, each unit is built alone: esbuild does not report the entry point of an error.
 *
 * @param {typeof import('esbuild')} esbuild
 * @param {string} store
 * @param {Unit[]} group
 * @returns {Promise<(readonly [Unit, UnitOutcome])[]>}
 */
async function outcomesOf(esbuild, store, group) {
  try {
    return await buildGroup(esbuild, store, group);
  } catch (error) {
    const [unit] = group;
    if (unit && group.length === 1) return [[unit, { errors: errorsOf(error) }]];
    return (await Promise.all(group.map((member) => outcomesOf(esbuild, store, [member])))).flat();
  }
}

/**
 * @param {typeof import('esbuild')} esbuild
 * @param {string} store
 * @param {Unit[]} group
 * @param {readonly string[]} decorated files that another compiler compiles before esbuild
 * @param {import('./erased-types.mjs').Gone} gone
 * @returns {Promise<(readonly [Unit, UnitOutcome])[]>}
 */
async function buildGroup(esbuild, store, group, decorated = [], gone = new Map()) {
  const [first] = group;
  if (!first) return [];
  const { root, folder } = first;
  mkdirSync(store, { recursive: true });
  const { plugins, found: pluginFiles, loaded } = await loadPlugins(esbuild, first);
  if (decorated.length > 0) plugins.push(metadataPlugin(decorated, root, first.options.tsconfig, gone));
  /** @type {Map<string, import('./imports.mjs').Vendor>} */
  const vendors = new Map();
  /** @type {Set<string>} */
  const links = new Set();
  const building = esbuild.build({
    ...projectOptions(first),
    // Compilers assign a decorated class to a variable of its name, which would rename the class.
    ...(decorated.length > 0 && { keepNames: first.options.keepNames ?? true }),
    entryPoints: group.flatMap((unit, index) =>
      Object.entries(unit.entries).map(([out, file]) => ({ in: file, out: prefixOf(unit, index) + out })),
    ),
    splitting: folder !== undefined,
    chunkNames: 'c/[name]-[hash]',
    plugins: [...plugins, imports(first, vendors, links)],
  });
  const built = await building.catch((error) => {
    const types = decorated.length > 0 ? withTypes(gone, error.errors ?? [], root) : undefined;
    if (!types) throw error;
    return types;
  });
  if (built instanceof Map) return buildGroup(esbuild, store, group, decorated, built);
  const files = new Map(built.outputFiles.map((file) => [slashed(relative(root, file.path)), file]));
  const inputs = new Map(Object.keys(built.metafile.inputs).map((input) => [resolve(root, input), input]));
  if (decorated.length === 0) {
    const decoratedSources = await decoratedFiles(group, built.metafile, inputs, loaded);
    if (decoratedSources.length > 0) return buildGroup(esbuild, store, group, decoratedSources);
  }
  const { codes, packageFiles } = await withNamespaces(esbuild, first, async (namespaces) => {
    const outputs = group.map((unit, index) =>
      outputsOf(built.metafile, files, Object.keys(unit.entries), prefixOf(unit, index)),
    );
    const codes = await Promise.all(
      outputs.map((each) => finishOutputs(esbuild, each, vendors, root, namespaces)),
    );
    return { codes, packageFiles: namespaces.files };
  });
  const isOfRuntime = (/** @type {string} */ specifier) =>
    [...vendors.values()].some((vendor) => vendor.specifier === specifier && isRuntime(vendor.file));
  const wrappersOf = (/** @type {Unit} */ unit, /** @type {number} */ index) => {
    const named = namedWrappers(
      (codes[index]?.entries ?? []).filter(({ specifier }) => isOfRuntime(specifier)),
    );
    const outputs = Object.keys(unit.entries).map((out) => `${prefixOf(unit, index)}${out}.mjs`);
    const loaded = outputs.flatMap((out) => [...loadedBy(built.metafile, out)]);
    return [...new Set([...named, ...bundledWrappers(built.metafile, root, loaded)])];
  };
  const foreign = dependencies();
  notePackageFiles(foreign, [...[...vendors.values()].map(({ file }) => file), ...packageFiles]);
  for (const link of links) noteLink(foreign, link);
  /** @type {Map<string, Dependencies>} */
  const settings = new Map();
  /** @type {(readonly [Unit, UnitOutcome])[]} */
  const outcomes = [];
  for (const [index, unit] of group.entries()) {
    const reached = reachable(unit, built.metafile, inputs);
    const sources = reached.filter((file) => !isInstalled(file));
    const installed = reached.filter(isInstalled);
    assertNoForeignSources(unit, sources);
    const code = /** @type {(typeof codes)[number]} */ (codes[index]);
    const found = dependencies();
    const copies = copied(unit.files ?? {});
    const projectFiles = [
      ...sources,
      ...Object.values(unit.files ?? {}).filter((file) => !isInstalled(file)),
    ];
    for (const file of [...projectFiles, ...pluginFiles.inputs, ...foreign.inputs]) found.inputs.add(file);
    notePackageFiles(found, [...copies.sources, ...installed].filter(isInstalled));
    for (const file of pluginFiles.absent) found.absent.add(file);
    noteSettings(found, sources, unit.options.tsconfig, settings);
    const artifact = keepAll(store, unit, code.files, copies);
    const findings = { vendors: code.entries, wrappers: { [OWN]: wrappersOf(unit, index) }, warnings: [] };
    outcomes.push([unit, { result: { artifact, ...relativeTo(root, found), findings } }]);
  }
  return outcomes;
}

/** Returns the file name prefix of a function in a run with several. @param {Unit} unit @param {number} index */
function prefixOf({ folder }, index) {
  return folder === undefined ? `f${index}-` : '';
}

/**
 * Stores the files of a unit. Bundles are small and numerous: they become archives. Layers are few and stay folders, as
 * do the user's files, which may be large or executable.
 *
 * @param {string} store
 * @param {Unit} unit
 * @param {import('./artifact.mjs').Files} code
 * @param {import('./files.mjs').Copies} copies the files that `files` names
 */
function keepAll(store, { folder, base = '', assets, files = {} }, code, copies) {
  if (folder === undefined && Object.keys(files).length === 0) return keepArchive(store, code);
  const bundled = Object.fromEntries(Object.entries(code).map(([name, content]) => [base + name, content]));
  const clash = Object.keys(copies.files).find((name) => bundled[name] !== undefined);
  if (clash) {
    const text = `\`files\` must not have a file for ${clash}: it is the name of the bundle. Rename the file.`;
    throw new CodeError([{ text }]);
  }
  return keepFolder(store, { ...assets, ...copies.files, ...bundled }, copies.executables);
}
