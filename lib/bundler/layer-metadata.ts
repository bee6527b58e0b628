import type { LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Lazy, Stack } from 'aws-cdk-lib/core';
import type { Built } from './bundler.js';
import type { Package } from './worker/protocol.mjs';

/** The metadata of a layer in the cloud assembly, next to its template. */
export const LAYER_METADATA = 'cdk-trellis:layer';

/** What a layer is and holds. */
export interface LayerMetadata {
  readonly kind: 'automatic' | 'shared';
  /**
   * Packages from npm in an automatic layer, with the bytes of each and what is imported of it; the package that a
   * shared layer is.
   */
  readonly packages: readonly (Pick<Package, 'name' | 'version'> & Partial<Package>)[];
  /** The bytes of each file. */
  readonly files: Readonly<Record<string, number>>;
}

/**
 * Notes in the cloud assembly what a layer holds, for `trellis layers`: no template has it, and nothing is bundled
 * for it.
 */
export function describeLayer(
  version: LayerVersion,
  kind: LayerMetadata['kind'],
  built: () => Built,
  own: LayerMetadata['packages'] = [],
): void {
  const metadata = (): LayerMetadata | undefined => {
    if (!Stack.of(version).bundlingRequired) return undefined;
    const { files, packages = own } = built().artifact;
    return { kind, packages, files };
  };
  version.node.addMetadata(LAYER_METADATA, Lazy.uncachedAny({ produce: metadata }));
}
