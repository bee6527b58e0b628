import { LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { BundledCode, isBundlingRequired } from '../../bundler/bundled-code.js';
import { Bundler } from '../../bundler/bundler.js';
import { libraryConditions } from '../../bundler/conditions.js';
import { describeLayer } from '../../bundler/layer-metadata.js';
import type { LayerPackage, Unit } from '../../bundler/worker/protocol.mjs';
import { projectRoot } from '../../project-cache/project.js';
import { once } from '../../runtime/once.js';
import { isEphemeral } from '../../target/ephemeral.js';
import { dependencyLayer } from './dependency-layer.js';
import { addLayerCheck } from './layer-check.js';

/** A shared layer in one stack. */
/** A package of the project that is deployed as a layer. */
export interface LayerSource {
  readonly packageName: string;
  readonly version: string;
  /** The package's folder, absolute. */
  readonly folder: string;
  /** Source files by subpath. */
  readonly exports: Readonly<Record<string, string>>;
}

export interface SharedLayerVersion {
  readonly layer: LayerSource;
  readonly version: LayerVersion;
  readonly key: string;
}

/** Functions of all runtimes may use a layer: the oldest that a function may have. */
const TARGET = 'node20';

const versions = new WeakMap<Stack, Map<string, SharedLayerVersion>>();

/** The version of a shared layer that the functions of a stack use. */
export function sharedLayerVersion(scope: Construct, layer: LayerSource): SharedLayerVersion {
  const stack = Stack.of(scope);
  const known = versions.get(stack) ?? new Map<string, SharedLayerVersion>();
  versions.set(stack, known);
  const existing = known.get(layer.folder);
  if (existing) return existing;
  const bundler = Bundler.of(scope);
  const id = idOf(layer);
  refuseSameId(stack, id, layer, [...known.values()]);
  const key = bundler.add(`${stack.node.path}/${id}`, unitOf(layer), isBundlingRequired(stack));
  const built = once(() => bundler.built(key));
  const version = new LayerVersion(stack, id, {
    code: new BundledCode(built, () => bundler.prepareLayers()),
    description: `${layer.packageName} ${layer.version}`,
    // A function that an update has not reached yet, or that was rolled back, still loads the version it names.
    removalPolicy: isEphemeral(stack) ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
  });
  describeLayer(version, 'shared', built, [{ name: layer.packageName, version: layer.version }]);
  addLayerCheck(version, true);
  dependencyLayer(scope).serve(key);
  const made = { layer, version, key };
  known.set(layer.folder, made);
  return made;
}

function idOf({ packageName }: LayerSource): string {
  const words = packageName.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
  return `${words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('')}Layer`;
}

/** A name stands for one package in all code of a stack, and for one resource. */
function refuseSameId(
  stack: Stack,
  id: string,
  { packageName, folder }: LayerSource,
  others: SharedLayerVersion[],
): void {
  const other = others.find(({ layer }) => idOf(layer) === id)?.layer;
  if (!other) return;
  throw new Error(
    `The shared layers of a stack must have different names, got ${other.packageName} in ${other.folder} and ${packageName} in ${folder}: rename one in its package.json (at ${stack.node.path})`,
  );
}

/** A shared layer as the functions that import it see it. */
export function packageOf(layer: LayerSource): LayerPackage {
  const subpaths = Object.keys(layer.exports);
  const files = subpaths.map((subpath) => [subpath, `/opt/${baseOf(layer)}${outputOf(subpath)}.mjs`]);
  return { name: layer.packageName, folder: layer.folder, files: Object.fromEntries(files) };
}

function unitOf(layer: LayerSource): Unit {
  const subpaths = Object.keys(layer.exports);
  refuseSameOutput(layer);
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
    target: TARGET,
  };
}

/** `./money` and `./money.js` are one file, or an error. */
function refuseSameOutput({ packageName, exports }: LayerSource): void {
  const outputs = new Map<string, string>();
  for (const [subpath, file] of Object.entries(exports)) {
    const out = outputOf(subpath);
    const other = outputs.get(out);
    if (other && exports[other] !== file) {
      throw new Error(
        `The layer ${packageName} exports "${other}" and "${subpath}", which would be one file: give both the same source, or rename one`,
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
