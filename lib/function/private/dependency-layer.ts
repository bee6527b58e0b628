import { LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Annotations, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { BundledCode, isBundlingRequired } from '../../bundler/bundled-code.js';
import { type Built, Bundler, type Wrappers } from '../../bundler/bundler.js';
import { describeLayer } from '../../bundler/layer-metadata.js';
import type { LayerNeeds } from '../../bundler/vendor-set.js';
import { addLayerCheck } from './layer-check.js';

/** The layer's id in its stack. Changing it would replace the layer. */
const ID = 'NodeModules';

/** Requirements of a function that are not in its bundle. */
export interface FunctionNeeds {
  /** The function's path, for errors. */
  readonly path: string;
  /** Returns the function's platform in Node.js's notation; called after the function is created. */
  readonly platform: () => string;
  /** Folders of the packages that are not bundled, by name. */
  readonly nodeModules: Readonly<Record<string, string>>;
}

/** The layer of a stack with the packages that its functions use. */
export interface DependencyLayer {
  readonly version: LayerVersion;
  /** Adds the packages of a function or a shared layer. */
  serve(key: string, needs?: FunctionNeeds): void;
  built(): Built;
  /** Returns the handler wrappers in a unit and in the packages it uses; known after both are built. */
  wrappers(key: string): Wrappers;
}

const layers = new WeakMap<Stack, DependencyLayer>();

/**
 * Returns the dependency layer of the construct's stack. There is one per stack, because a stack is the unit of
 * deployment: functions of other stacks never change it.
 */
export function dependencyLayer(scope: Construct): DependencyLayer {
  const stack = Stack.of(scope);
  const existing = layers.get(stack);
  if (existing) return existing;
  const bundler = Bundler.of(scope);
  const keys = new Set<string>();
  const functions: { readonly key: string; readonly needs: FunctionNeeds }[] = [];
  const registered = {
    isBundlingRequired: isBundlingRequired(stack),
    keys,
    get version() {
      return keys.size + functions.length;
    },
    needs: () => layerNeeds(functions),
  };
  bundler.addLayer(registered);
  const built = () => bundler.builtLayer(registered);
  const version: LayerVersion = new LayerVersion(stack, ID, {
    code: new BundledCode(
      () => {
        const layer = built();
        for (const text of bundler.warnings(registered)) {
          Annotations.of(version).addWarningV2('cdk-trellis:optionalPackages', text);
        }
        return layer;
      },
      () => bundler.prepareLayers(),
    ),
    description: 'Packages that the functions of this stack use; made by cdk-trellis',
  });
  describeLayer(version, 'dependency', built);
  addLayerCheck(version, false);
  const serve = (key: string, needs?: FunctionNeeds) => {
    keys.add(key);
    if (!needs) return;
    for (const [name, folder] of Object.entries(needs.nodeModules)) {
      const conflict = functions.find((fn) => (fn.needs.nodeModules[name] ?? folder) !== folder);
      if (conflict) throw new Error(twoCopiesText(name, conflict.needs.nodeModules[name] as string, needs));
    }
    functions.push({ key, needs });
  };
  const wrappers = (key: string) => bundler.wrappers(key, registered);
  const layer = { version, built, serve, wrappers };
  layers.set(stack, layer);
  return layer;
}

/** Collects the requirements by function: a package need not exist for the platform of functions that do not use it. */
function layerNeeds(
  functions: readonly { readonly key: string; readonly needs: FunctionNeeds }[],
): LayerNeeds {
  const platforms = new Map<string, Set<string>>();
  const nodeModules = new Map<string, { folder: string; platforms: Set<string> }>();
  for (const { key, needs } of functions) {
    const platform = needs.platform();
    platforms.set(key, (platforms.get(key) ?? new Set()).add(platform));
    for (const [name, folder] of Object.entries(needs.nodeModules)) {
      const entry = nodeModules.get(name) ?? { folder, platforms: new Set() };
      entry.platforms.add(platform);
      nodeModules.set(name, entry);
    }
  }
  return { platforms, nodeModules };
}

function twoCopiesText(name: string, otherFolder: string, { path, nodeModules }: FunctionNeeds): string {
  return `\`bundling.nodeModules\` must name one copy of a package for all functions of a stack, got ${name} in ${nodeModules[name]} and, for another function, in ${otherFolder} (at ${path}). Install one version, or put the functions into separate stacks`;
}
