import { LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { BundledCode, isBundlingRequired } from '../../bundler/bundled-code.js';
import { Bundler } from '../../bundler/bundler.js';
import { libraryConditions } from '../../bundler/conditions.js';
import { describeLayer } from '../../bundler/layer-metadata.js';
import { ANY_NODE } from '../../bundler/node-target.js';
import type { LayerPackage, Unit } from '../../bundler/worker/protocol.mjs';
import { projectRoot } from '../../project-cache/project.js';
import { once } from '../../runtime/once.js';
import { isEphemeral } from '../../target/ephemeral.js';
import { dependencyLayer } from './dependency-layer.js';
import { addLayerCheck } from './layer-check.js';

/** A package of the project that is deployed as a layer. */
export interface LayerSource {
  readonly packageName: string;
  readonly version: string;
  /** Absolute path of the package's folder. */
  readonly folder: string;
  /** Source files by subpath. */
  readonly exports: Readonly<Record<string, string>>;
}

/** The version of a shared layer in one stack, with its key in the bundler. */
export interface SharedLayerVersion {
  readonly layer: LayerSource;
  readonly version: LayerVersion;
  readonly key: string;
}

const versions = new WeakMap<Stack, Map<string, SharedLayerVersion>>();

/** Returns the version of a shared layer in a stack, which is created once. */
export function sharedLayerVersion(scope: Construct, layer: LayerSource): SharedLayerVersion {
  const stack = Stack.of(scope);
  const stackVersions = versions.get(stack) ?? new Map<string, SharedLayerVersion>();
  versions.set(stack, stackVersions);
  const existing = stackVersions.get(layer.folder);
  if (existing) return existing;
  const bundler = Bundler.of(scope);
  const id = idOf(layer);
  assertUniqueId(stack, id, layer, [...stackVersions.values()]);
  const key = bundler.add(`${stack.node.path}/${id}`, unitOf(layer), isBundlingRequired(stack));
  const built = once(() => bundler.built(key));
  const version = new LayerVersion(stack, id, {
    code: new BundledCode(built, () => bundler.prepareLayers()),
    description: `${layer.packageName} ${layer.version}`,
    // A function that is not updated yet, or was rolled back, still loads its old version.
    removalPolicy: isEphemeral(stack) ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
  });
  describeLayer(version, 'shared', built, [{ name: layer.packageName, version: layer.version }]);
  addLayerCheck(version, true);
  dependencyLayer(scope).serve(key);
  const created = { layer, version, key };
  stackVersions.set(layer.folder, created);
  return created;
}

function idOf({ packageName }: LayerSource): string {
  const words = packageName.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
  return `${words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('')}Layer`;
}

/** Asserts that a name refers to one package, and to one resource, in a stack. */
function assertUniqueId(
  stack: Stack,
  id: string,
  { packageName, folder }: LayerSource,
  versions: SharedLayerVersion[],
): void {
  const conflict = versions.find(({ layer }) => idOf(layer) === id)?.layer;
  if (!conflict) return;
  throw new Error(
    `The shared layers of a stack must have different names, got ${conflict.packageName} in ${conflict.folder} and ${packageName} in ${folder} (at ${stack.node.path}). Rename one in its package.json`,
  );
}

/** Returns a shared layer as functions import it. */
export function packageOf(layer: LayerSource): LayerPackage {
  const subpaths = Object.keys(layer.exports);
  const files = subpaths.map((subpath) => [subpath, `/opt/${baseOf(layer)}${outputOf(subpath)}.mjs`]);
  return { name: layer.packageName, folder: layer.folder, files: Object.fromEntries(files) };
}

function unitOf(layer: LayerSource): Unit {
  const subpaths = Object.keys(layer.exports);
  assertUniqueOutputs(layer);
  const manifest = {
    name: layer.packageName,
    type: 'module',
    exports: Object.fromEntries(subpaths.map((subpath) => [subpath, `./${outputOf(subpath)}.mjs`])),
  };
  return {
    root: projectRoot(`${layer.folder}/package.json`),
    entries: Object.fromEntries(
      subpaths.map((subpath) => [outputOf(subpath), layer.exports[subpath] as string]),
    ),
    folder: layer.folder,
    base: baseOf(layer),
    assets: { [`${baseOf(layer)}package.json`]: `${JSON.stringify(manifest)}\n` },
    layers: [],
    options: {},
    conditions: libraryConditions(),
    target: ANY_NODE,
  };
}

/** Asserts that exports with the same output, as `./money` and `./money.js`, have the same source. */
function assertUniqueOutputs({ packageName, exports }: LayerSource): void {
  const outputs = new Map<string, string>();
  for (const [subpath, file] of Object.entries(exports)) {
    const out = outputOf(subpath);
    const duplicate = outputs.get(out);
    if (duplicate && exports[duplicate] !== file) {
      throw new Error(
        `The layer ${packageName} must export different files, got "${duplicate}" and "${subpath}" with the same output. Use the same source for both, or rename one`,
      );
    }
    outputs.set(out, subpath);
  }
}

function baseOf(layer: LayerSource): string {
  return `nodejs/node_modules/${layer.packageName}/`;
}

function outputOf(subpath: string): string {
  return subpath === '.' ? 'index' : subpath.slice(2).replace(/\.[cm]?[jt]s$/, '');
}
