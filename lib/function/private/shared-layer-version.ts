import { LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { isEphemeral } from '../../target/ephemeral.js';
import type { SharedLayer } from '../shared-layer.js';
import { automaticLayer } from './automatic-layer.js';
import { BundledCode } from './bundled-code.js';
import { type Built, Bundler } from './bundler.js';
import { libraryConditions } from './conditions.js';
import { projectRoot } from './project.js';
import type { LayerPackage, Unit } from './worker/protocol.mjs';

/** A shared layer in one stack. */
export interface SharedLayerVersion {
  readonly version: LayerVersion;
  readonly key: string;
}

/** Functions of all runtimes may use a layer: the oldest that a function may have. */
const TARGET = 'node20';

const versions = new WeakMap<Stack, Map<string, SharedLayerVersion>>();

/** The version of a shared layer that the functions of a stack use. */
export function sharedLayerVersion(scope: Construct, layer: SharedLayer): SharedLayerVersion {
  const stack = Stack.of(scope);
  const known = versions.get(stack) ?? new Map<string, SharedLayerVersion>();
  versions.set(stack, known);
  const existing = known.get(layer.folder);
  if (existing) return existing;
  const bundler = Bundler.of(scope);
  const words = layer.packageName.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
  const id = `${words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('')}Layer`;
  const key = bundler.add(`${stack.node.path}/${id}`, unitOf(layer));
  let built: Built | undefined;
  const version = new LayerVersion(stack, id, {
    code: new BundledCode(() => {
      built ??= bundler.built(key);
      return built;
    }),
    description: `${layer.packageName} ${layer.version}`,
    // A function that an update has not reached yet, or that was rolled back, still loads the version it names.
    removalPolicy: isEphemeral(stack) ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
  });
  automaticLayer(scope).serve(key);
  const made = { version, key };
  known.set(layer.folder, made);
  return made;
}

/** A shared layer as the functions that import it see it. */
export function packageOf(layer: SharedLayer): LayerPackage {
  const subpaths = Object.keys(layer.exports);
  const files = subpaths.map((subpath) => [subpath, `/opt/${baseOf(layer)}${outputOf(subpath)}.mjs`]);
  return { name: layer.packageName, folder: layer.folder, files: Object.fromEntries(files) };
}

function unitOf(layer: SharedLayer): Omit<Unit, 'key'> {
  const subpaths = Object.keys(layer.exports);
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

function baseOf(layer: SharedLayer): string {
  return `nodejs/node_modules/${layer.packageName}/`;
}

function outputOf(subpath: string): string {
  return subpath === '.' ? 'index' : subpath.slice(2).replace(/\.[cm]?[jt]s$/, '');
}
