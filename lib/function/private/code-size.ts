import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Stage } from 'aws-cdk-lib/core';
import type { Built } from '../../bundler/bundler.js';
import { BundlingError } from '../../bundler/bundling-error.js';
import { LIMITS } from '../../quotas/limits.js';
import type * as ZipSizes from './zip-sizes.js';

/** Maximum size with all layers; code that is uploaded through S3, as by CDK, has no other limit. */
const MAX_BYTES = LIMITS.lambda.unzippedBytes;

/** Largest parts listed in the error. */
const MAX_PARTS = 5;

/** A part of a function's code: its bundle or a layer. */
export interface CodePart {
  readonly name: string;
  readonly bytes: number;
  /** Returns the size of each file. */
  files(): Iterable<readonly [name: string, bytes: number]>;
}

/** Returns the part of an artifact of the bundler. */
export function builtPart(name: string, { artifact }: Built): CodePart {
  return {
    name,
    bytes: artifact.bytes,
    files: () => Object.entries(artifact.files),
  };
}

const foreignParts = new WeakMap<ILayerVersion, CodePart | undefined>();

/** Returns the part of another layer if its files are here: an imported layer has only an ARN. */
export function foreignPart(layer: ILayerVersion): CodePart | undefined {
  if (!foreignParts.has(layer)) foreignParts.set(layer, measure(layer));
  return foreignParts.get(layer);
}

function measure(layer: ILayerVersion): CodePart | undefined {
  // The construct of `Code.fromAsset`; `instanceof` would load a CDK package in each synth.
  const asset = layer.node.tryFindChild('Code') as Asset | undefined;
  const outdir = Stage.of(layer)?.outdir;
  if (typeof asset?.assetPath !== 'string' || outdir === undefined) return undefined;
  const path = resolve(outdir, asset.assetPath);
  const { unzippedSizes } = require('./zip-sizes.js') as typeof ZipSizes;
  const sizes = asset.isFile ? unzippedSizes(path) : sizesIn(path);
  if (!sizes) return undefined;
  return { name: layer.node.path, bytes: sizes.reduce((sum, [, size]) => sum + size, 0), files: () => sizes };
}

function sizesIn(folder: string): [name: string, bytes: number][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    return stat?.isFile() ? [[name.replaceAll('\\', '/'), stat.size] as [string, number]] : [];
  });
}

/**
 * Asserts that the code is within Lambda's limit.
 *
 * @throws BundlingError with the largest parts
 */
export function assertSize(path: string, parts: readonly CodePart[]): void {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  if (bytes <= MAX_BYTES) return;
  const largest = parts
    .flatMap((part) =>
      [...sizesByPackage(part)].map(([name, size]) => ({ name: `${name} (${part.name})`, size })),
    )
    .sort((a, b) => b.size - a.size)
    .slice(0, MAX_PARTS);
  const list = largest.map(({ name, size }) => `\n  ${megabytes(size)} MB ${name}`).join('');
  throw new BundlingError(
    `Code and layers must be at most 250 MB unzipped, got ${megabytes(bytes)} MB (at ${path}). The largest parts:${list}\nRemove unused packages and files, read large files from S3, or use a container image, which may have 10 GB.`,
  );
}

/** Sums sizes by package, or by file outside packages. */
function sizesByPackage({ files }: CodePart): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const [file, size] of files()) {
    const name = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? file;
    sizes.set(name, (sizes.get(name) ?? 0) + size);
  }
  return sizes;
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
