import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Stage } from 'aws-cdk-lib/core';
import type { Built } from '../../bundler/bundler.js';
import { BundlingError } from '../../bundler/bundling-error.js';
import type * as ZipSizes from './zip-sizes.js';

/**
 * Unzipped, with all layers: what is uploaded through S3, as CDK does, has no other limit.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_BYTES = 250 * 1024 * 1024;

/** So many of the largest are named. */
const MAX_SIZE = 5;

/** A part of what a function loads. */
export interface CodePart {
  readonly name: string;
  readonly bytes: number;
  /** The sizes of its files. */
  files(): Iterable<readonly [name: string, bytes: number]>;
}

/** The function's code or a layer that was built here. */
export function builtPart(name: string, { artifact }: Built): CodePart {
  return {
    name,
    bytes: artifact.bytes,
    files: () => Object.entries(artifact.files),
  };
}

const foreign = new WeakMap<ILayerVersion, CodePart | undefined>();

/** A layer that was made elsewhere, if its files are here: an imported one has an ARN only. */
export function foreignPart(layer: ILayerVersion): CodePart | undefined {
  if (!foreign.has(layer)) foreign.set(layer, measured(layer));
  return foreign.get(layer);
}

function measured(layer: ILayerVersion): CodePart | undefined {
  // As `Code.fromAsset` makes it; with `instanceof` each synth would load a package of CDK for it.
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

/** @throws BundlingError when Lambda would refuse the function, with what takes most room */
export function refuseSize(at: string, parts: readonly CodePart[]): void {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  if (bytes <= MAX_BYTES) return;
  const largest = parts
    .flatMap((part) => [...grouped(part)].map(([name, size]) => ({ name: `${name} (${part.name})`, size })))
    .sort((a, b) => b.size - a.size)
    .slice(0, MAX_SIZE);
  const list = largest.map(({ name, size }) => `\n  ${megabytes(size)} MB ${name}`).join('');
  throw new BundlingError(
    `Code and layers must be at most 250 MB unzipped, got ${megabytes(bytes)} MB (at ${at}). The largest parts:${list}\nLeave out what the function does not need, read large files from S3, or run it as a container image, which may have 10 GB.`,
  );
}

/** A package counts as a whole. */
function grouped({ files }: CodePart): Map<string, number> {
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
