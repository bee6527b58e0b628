import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Code, type CodeConfig } from 'aws-cdk-lib/aws-lambda';
import {
  BootstraplessSynthesizer,
  type CfnResource,
  CliCredentialsStackSynthesizer,
  DefaultStackSynthesizer,
  type FileAssetLocation,
  FileAssetPackaging,
  FileSystem,
  type IResolveContext,
  Lazy,
  LegacyStackSynthesizer,
  Names,
  Stack,
  Stage,
} from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { sha256 } from '../project-cache/hash.js';
import type { Built } from './bundler.js';

/** The metadata that marks a resource's code as an asset; `sam local` and hotswap read it. */
const METADATA_CONTEXT = 'aws:cdk:enable-asset-metadata';

/** The hash for code of stacks that require no bundling: it is not bundled, as with CDK's own functions. */
const NOT_BUNDLED = sha256('not bundled');

const ARCHIVE = '.zip';

interface Placed {
  readonly built: Built | undefined;
  readonly hash: string;
  readonly path: string;
}

/** Code that is built when its template is resolved: by then, all functions of the app are known. */
export class BundledCode extends Code {
  public readonly isInline = false;
  private readonly locations = new Map<string, FileAssetLocation>();
  private placed: Placed | undefined;
  private scope: Construct | undefined;

  /**
   * @param built waits for the code and returns it
   * @param prepare starts the build without waiting, once the whole app is known
   */
  constructor(
    private readonly built: () => Built,
    private readonly prepare: () => void,
  ) {
    super();
  }

  /** The construct that the code is bound to; undefined before `bind`. */
  public get owner(): Construct | undefined {
    return this.scope;
  }

  public override bind(scope: Construct): CodeConfig {
    this.scope = scope;
    const lazily = (field: 'bucketName' | 'objectKey') =>
      Lazy.uncachedString({ produce: (context) => this.resolved(scope, context, field) });
    return { s3Location: { bucketName: lazily('bucketName'), objectKey: lazily('objectKey') } };
  }

  public override bindToResource(resource: CfnResource, options?: { resourceProperty?: string }): void {
    const scope = this.scope;
    if (!scope?.node.tryGetContext(METADATA_CONTEXT)) return;
    const path = Lazy.uncachedString({ produce: () => this.place(scope).path });
    resource.addMetadata('aws:asset:path', path);
    resource.addMetadata('aws:asset:property', options?.resourceProperty ?? 'Code');
    // `sam build` does not build it again.
    resource.addMetadata('aws:asset:is-bundled', true);
  }

  private resolved(scope: Construct, context: IResolveContext, field: 'bucketName' | 'objectKey'): string {
    if (context.preparing && hasLiteralLocations(Stack.of(scope))) {
      // CDK looks for references between stacks here. A location has none, so the build can go on in the background.
      if (isBundlingRequired(Stack.of(scope))) this.prepare();
      return field;
    }
    return this.location(scope)[field];
  }

  private location(scope: Construct): FileAssetLocation {
    const { hash, path } = this.place(scope);
    const cached = this.locations.get(hash);
    if (cached) return cached;
    const location = Stack.of(scope).synthesizer.addFileAsset({
      fileName: path,
      packaging: path.endsWith(ARCHIVE) ? FileAssetPackaging.FILE : FileAssetPackaging.ZIP_DIRECTORY,
      sourceHash: hasStandardKeys(Stack.of(scope)) ? hash : fingerprint(scope, path),
      displayName: Names.stackRelativeConstructPath(scope),
    });
    this.locations.set(hash, location);
    return location;
  }

  /** Places the code in the cloud assembly. */
  private place(scope: Construct): Placed {
    const built = isBundlingRequired(Stack.of(scope)) ? this.built() : undefined;
    // A template is resolved several times. Only layers change in between, when functions are added.
    if (this.placed && this.placed.built === built) return this.placed;
    const stage = Stage.of(scope);
    if (!stage) throw new Error(`Code must be in a stack of an App (at ${scope.node.path})`);
    const hash = built?.artifact.hash ?? NOT_BUNDLED;
    const name = `asset.${built?.artifact.name ?? NOT_BUNDLED}`;
    const target = `${stage.assetOutdir}/${name}`;
    if (built) link(built, target);
    else writePlaceholder(target);
    const isSameFolder = stage.assetOutdir === stage.outdir;
    this.placed = { built, hash, path: isSameFolder ? name : relative(stage.outdir, target) };
    return this.placed;
  }
}

const bundlingRequired = new WeakMap<Stack, boolean>();

/** Returns true if the stack's code must be bundled. The result is kept: CDK matches the patterns on each call. */
export function isBundlingRequired(stack: Stack): boolean {
  const isRequired = bundlingRequired.get(stack) ?? stack.bundlingRequired;
  bundlingRequired.set(stack, isRequired);
  return isRequired;
}

/** Returns true if CDK's synthesizers determine the object keys of the stack's assets. */
function hasStandardKeys(stack: Stack): boolean {
  if (stack.nestedStackParent) return hasStandardKeys(stack.nestedStackParent);
  return [
    DefaultStackSynthesizer,
    LegacyStackSynthesizer,
    CliCredentialsStackSynthesizer,
    BootstraplessSynthesizer,
  ].some((synthesizer) => stack.synthesizer instanceof synthesizer);
}

/**
 * Returns the asset hash that CDK computes from the file. Stack sets add the assets of the cloud assembly again, to
 * copy them elsewhere, and look them up by this hash. Unlike the hash of the content, it depends on the compression of
 * an archive.
 */
function fingerprint(scope: Construct, path: string): string {
  return FileSystem.fingerprint(join(Stage.of(scope)?.outdir ?? '', path));
}

/** Returns true if asset locations refer to no resource or parameter; other synthesizers may use references. */
function hasLiteralLocations({ synthesizer }: Stack): boolean {
  return synthesizer.constructor === DefaultStackSynthesizer;
}

/** Hard-links the artifact into the cloud assembly, so that no bytes are copied. */
function link({ artifact, store }: Built, target: string): void {
  if (existsSync(target)) return;
  const source = `${store}/${artifact.name}`;
  if (target.endsWith(ARCHIVE) && isLinked(source, target)) return;
  // The target appears by a rename, so that an existing one is complete.
  const draft = `${target}.${randomUUID()}`;
  try {
    if (target.endsWith(ARCHIVE)) copyFileSync(source, draft);
    else linkFolder(source, draft, Object.keys(artifact.files));
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // A concurrent synth into the same folder was first.
    if (!existsSync(target)) throw error;
  }
}

function linkFolder(source: string, target: string, names: readonly string[]): void {
  mkdirSync(target);
  const parents = new Set(names.filter((name) => name.includes('/')).map((name) => dirname(name)));
  for (const parent of parents) mkdirSync(`${target}/${parent}`, { recursive: true });
  for (const name of names) {
    if (!isLinked(`${source}/${name}`, `${target}/${name}`)) {
      copyFileSync(`${source}/${name}`, `${target}/${name}`);
    }
  }
}

/** @returns false across file systems, and on file systems without hard links */
function isLinked(source: string, target: string): boolean {
  try {
    linkSync(source, target);
    return true;
  } catch {
    return false;
  }
}

function writePlaceholder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.mjs'), '// Not bundled: this stack was not selected.\n');
}
