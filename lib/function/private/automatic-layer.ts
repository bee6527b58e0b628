import { LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { BundledCode } from './bundled-code.js';
import { type Built, Bundler } from './bundler.js';

/** The id of the layer in its stack. */
const ID = 'NodeModules';

/** The layer of a stack that holds the packages its functions use. */
export interface AutomaticLayer {
  readonly version: LayerVersion;
  /** Adds what a function or a shared layer uses. */
  serve(key: string): void;
  built(): Built;
}

const layers = new WeakMap<Stack, AutomaticLayer>();

/**
 * The automatic layer of the stack that the construct is in. One per stack, because the stack is what is deployed
 * alone: what another stack's functions use never changes it.
 */
export function automaticLayer(scope: Construct): AutomaticLayer {
  const stack = Stack.of(scope);
  const existing = layers.get(stack);
  if (existing) return existing;
  const bundler = Bundler.of(scope);
  const keys = new Set<string>();
  bundler.addVendors(() => [...keys]);
  let last: { count: number; built: Built } | undefined;
  const built = () => {
    if (last?.count !== keys.size) last = { count: keys.size, built: bundler.builtVendors([...keys]) };
    return last.built;
  };
  const version = new LayerVersion(stack, ID, {
    code: new BundledCode(built),
    description: 'Packages that the functions of this stack use; made by cdk-trellis',
  });
  const layer = { version, built, serve: (key: string) => void keys.add(key) };
  layers.set(stack, layer);
  return layer;
}
