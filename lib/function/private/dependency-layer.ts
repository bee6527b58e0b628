import { LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Annotations, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { BundledCode, isBundlingRequired } from '../../bundler/bundled-code.js';
import { type Built, Bundler, type Wrappers } from '../../bundler/bundler.js';
import { describeLayer } from '../../bundler/layer-metadata.js';
import type { LayerNeeds } from '../../bundler/vendor-set.js';
import { addLayerCheck } from './layer-check.js';

/** The id of the layer in its stack. */
const ID = 'NodeModules';

/** What a function needs of the layer besides what its code says. */
export interface FunctionNeeds {
  /** Its path, for errors. */
  readonly at: string;
  /** The platform that it runs on, as Node.js names it; known when the function is. */
  readonly platform: () => string;
  /** The folders of packages that are not to be bundled, by name. */
  readonly nodeModules: Readonly<Record<string, string>>;
}

/** The layer of a stack that holds the packages its functions use. */
export interface DependencyLayer {
  readonly version: LayerVersion;
  /** Adds what a function or a shared layer uses. */
  serve(key: string, needs?: FunctionNeeds): void;
  built(): Built;
  /** The wrappers of handlers in the code of what it serves; known when that and the layer are built. */
  wrappers(key: string): Wrappers;
}

const layers = new WeakMap<Stack, DependencyLayer>();

/**
 * The automatic layer of the stack that the construct is in. One per stack, because the stack is what is deployed
 * alone: what another stack's functions use never changes it.
 */
export function dependencyLayer(scope: Construct): DependencyLayer {
  const stack = Stack.of(scope);
  const existing = layers.get(stack);
  if (existing) return existing;
  const bundler = Bundler.of(scope);
  const keys = new Set<string>();
  const functions: { readonly key: string; readonly needs: FunctionNeeds }[] = [];
  const announced = {
    isBundlingRequired: isBundlingRequired(stack),
    keys,
    get version() {
      return keys.size + functions.length;
    },
    needs: () => layerNeeds(functions),
  };
  bundler.addLayer(announced);
  const built = () => bundler.builtLayer(announced);
  const version: LayerVersion = new LayerVersion(stack, ID, {
    code: new BundledCode(
      () => {
        const made = built();
        for (const text of bundler.warnings(announced)) {
          Annotations.of(version).addWarningV2('cdk-trellis:optionalPackages', text);
        }
        return made;
      },
      () => bundler.prepareLayers(),
    ),
    description: 'Packages that the functions of this stack use; made by cdk-trellis',
  });
  describeLayer(version, 'automatic', built);
  addLayerCheck(version, false);
  const serve = (key: string, needs?: FunctionNeeds) => {
    keys.add(key);
    if (!needs) return;
    for (const [name, folder] of Object.entries(needs.nodeModules)) {
      const other = functions.find((one) => (one.needs.nodeModules[name] ?? folder) !== folder);
      if (other) throw new Error(twiceText(name, other.needs.nodeModules[name] as string, needs));
    }
    functions.push({ key, needs });
  };
  const wrappers = (key: string) => bundler.wrappers(key, announced);
  const layer = { version, built, serve, wrappers };
  layers.set(stack, layer);
  return layer;
}

/** By function: what one of them does not use need not be there for its platform. */
function layerNeeds(
  functions: readonly { readonly key: string; readonly needs: FunctionNeeds }[],
): LayerNeeds {
  const platforms = new Map<string, Set<string>>();
  const nodeModules = new Map<string, { folder: string; platforms: Set<string> }>();
  for (const { key, needs } of functions) {
    const platform = needs.platform();
    platforms.set(key, (platforms.get(key) ?? new Set()).add(platform));
    for (const [name, folder] of Object.entries(needs.nodeModules)) {
      const known = nodeModules.get(name) ?? { folder, platforms: new Set() };
      known.platforms.add(platform);
      nodeModules.set(name, known);
    }
  }
  return { platforms, nodeModules };
}

function twiceText(name: string, other: string, { at, nodeModules }: FunctionNeeds): string {
  return `\`bundling.nodeModules\` must name one copy of a package for all functions of a stack, got ${name} in ${nodeModules[name]} and, for another function, in ${other}: install one version, or put the functions into stacks of their own (at ${at})`;
}
