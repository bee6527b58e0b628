import { copyFileSync, existsSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Code, type CodeConfig } from 'aws-cdk-lib/aws-lambda';
import {
  type CfnResource,
  type FileAssetLocation,
  FileAssetPackaging,
  Lazy,
  Names,
  Stack,
  Stage,
} from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Built } from './bundler.js';
import { sha256 } from './hash.js';

/** The cloud assembly's sign that a resource's code is in an asset; `sam local` and hotswap read it. */
const METADATA_CONTEXT = 'aws:cdk:enable-asset-metadata';

/** Code of stacks that are not asked for is not bundled, as with the code of CDK's own functions. */
const NOT_BUNDLED = sha256('not bundled');

/** Code that is built when the template that names it is written: all functions of an app are known then. */
export class BundledCode extends Code {
  public readonly isInline = false;
  private readonly locations = new Map<string, FileAssetLocation>();
  private placed: { built: Built | undefined; hash: string; path: string } | undefined;
  private scope: Construct | undefined;

  constructor(private readonly built: () => Built) {
    super();
  }

  public override bind(scope: Construct): CodeConfig {
    this.scope = scope;
    return {
      s3Location: {
        bucketName: Lazy.uncachedString({ produce: () => this.location(scope).bucketName }),
        objectKey: Lazy.uncachedString({ produce: () => this.location(scope).objectKey }),
      },
    };
  }

  public override bindToResource(resource: CfnResource, options?: { resourceProperty?: string }): void {
    const scope = this.scope;
    if (!scope?.node.tryGetContext(METADATA_CONTEXT)) return;
    const path = Lazy.uncachedString({ produce: () => this.place(scope).path });
    resource.addMetadata('aws:asset:path', path);
    resource.addMetadata('aws:asset:property', options?.resourceProperty ?? 'Code');
  }

  private location(scope: Construct): FileAssetLocation {
    const { hash, path } = this.place(scope);
    const known = this.locations.get(hash);
    if (known) return known;
    const location = Stack.of(scope).synthesizer.addFileAsset({
      fileName: path,
      packaging: FileAssetPackaging.ZIP_DIRECTORY,
      sourceHash: hash,
      displayName: Names.stackRelativeConstructPath(scope),
    });
    this.locations.set(hash, location);
    return location;
  }

  /** Puts the code into the cloud assembly. */
  private place(scope: Construct): { hash: string; path: string } {
    const stage = Stage.of(scope);
    if (!stage) throw new Error(`Code needs a stack in an App (at ${scope.node.path})`);
    const built = Stack.of(scope).bundlingRequired ? this.built() : undefined;
    // A template is resolved several times; only layers change between, when functions are added.
    if (this.placed && this.placed.built === built) return this.placed;
    const hash = built?.artifact.hash ?? NOT_BUNDLED;
    const folder = join(stage.assetOutdir, `asset.${hash}`);
    if (built) link(built, folder);
    else placeholder(folder);
    this.placed = { built, hash, path: relative(stage.outdir, folder) };
    return this.placed;
  }
}

/** Hard links: no bytes are copied for what has not changed. */
function link({ artifact, store }: Built, folder: string): void {
  const names = Object.keys(artifact.files);
  const last = names.at(-1);
  // Linked in order: with the last one there, all are.
  if (last === undefined || existsSync(join(folder, last))) return;
  for (const parent of new Set(names.map((name) => dirname(join(folder, name))))) {
    mkdirSync(parent, { recursive: true });
  }
  for (const name of names) linkFile(join(store, artifact.hash, name), join(folder, name));
}

function linkFile(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    // Another file system, one without hard links, or a file that an interrupted synth has left.
    copyFileSync(source, target);
  }
}

function placeholder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.mjs'), '// Not bundled: this stack was not asked for.\n');
}
