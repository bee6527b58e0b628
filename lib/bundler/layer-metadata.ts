import type { LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Lazy, Stack } from 'aws-cdk-lib/core';
import type { Built } from './bundler.js';
import type { Package } from './worker/protocol.mjs';

/** Key of a layer's metadata in the cloud assembly. */
export const LAYER_METADATA = 'cdk-trellis:layer';

/** Kind and content of a layer. */
export interface LayerMetadata {
  readonly kind: 'dependency' | 'shared';
  /**
   * The npm packages in a dependency layer, each with its size and the names imported from it; for a shared layer, its
   * defaultPackages package.
   */
  readonly packages: readonly (Pick<Package, 'name' | 'version'> & Partial<Package>)[];
  /** Size of each file, in bytes. */
  readonly files: Readonly<Record<string, number>>;
}

/**
 * Writes the content of a layer to the cloud assembly's metadata, for `trellis layers`. It changes no template and
 * bundles nothing.
 */
export function describeLayer(
  version: LayerVersion,
  kind: LayerMetadata['kind'],
  built: () => Built,
  defaultPackages: LayerMetadata['packages'] = [],
): void {
  const metadata = (): LayerMetadata | undefined => {
    if (!Stack.of(version).bundlingRequired) return undefined;
    const { files, packages = defaultPackages } = built().artifact;
    return { kind, packages, files };
  };
  version.node.addMetadata(LAYER_METADATA, Lazy.uncachedAny({ produce: metadata }));
}
