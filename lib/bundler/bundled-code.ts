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

/** The cloud assembly's sign that a resource's code is in an asset; `sam local` and hotswap read it. */
const METADATA_CONTEXT = 'aws:cdk:enable-asset-metadata';

/** Code of stacks that are not asked for is not bundled, as with the code of CDK's own functions. */
const NOT_BUNDLED = sha256('not bundled');

const ARCHIVE = '.zip';

interface Placed {
  readonly built: Built | undefined;
  readonly hash: string;
  readonly path: string;
}

/** Code that is built when the template that names it is written: all functions of an app are known then. */
export class BundledCode extends Code {
  public readonly isInline = false;
  private readonly locations = new Map<string, FileAssetLocation>();
  private placed: Placed | undefined;
  private scope: Construct | undefined;

  /**
   * @param built waits for the code
   * @param prepare has it built, without waiting, when the whole app is known
   */
  constructor(
    private readonly built: () => Built,
    private readonly prepare: () => void,
  ) {
    super();
  }

  /** What the code belongs to, once it does. */
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
    // `sam build` leaves it alone then.
    resource.addMetadata('aws:asset:is-bundled', true);
  }

  private resolved(scope: Construct, context: IResolveContext, field: 'bucketName' | 'objectKey'): string {
    if (context.preparing && namesNoResources(Stack.of(scope))) {
      // CDK looks for references between stacks, and there are none in a location: the work can go on meanwhile.
      if (isBundlingRequired(Stack.of(scope))) this.prepare();
      return field;
    }
    return this.location(scope)[field];
  }

  private location(scope: Construct): FileAssetLocation {
    const { hash, path } = this.place(scope);
    const known = this.locations.get(hash);
    if (known) return known;
    const location = Stack.of(scope).synthesizer.addFileAsset({
      fileName: path,
      packaging: path.endsWith(ARCHIVE) ? FileAssetPackaging.FILE : FileAssetPackaging.ZIP_DIRECTORY,
      sourceHash: hasOwnKeys(Stack.of(scope)) ? hash : fingerprint(scope, path),
      displayName: Names.stackRelativeConstructPath(scope),
    });
    this.locations.set(hash, location);
    return location;
  }

  /** Puts the code into the cloud assembly. */
  private place(scope: Construct): Placed {
    const built = isBundlingRequired(Stack.of(scope)) ? this.built() : undefined;
    // A template is resolved several times; only layers change between, when functions are added.
    if (this.placed && this.placed.built === built) return this.placed;
    const stage = Stage.of(scope);
    if (!stage) throw new Error(`Code needs a stack in an App (at ${scope.node.path})`);
    const hash = built?.artifact.hash ?? NOT_BUNDLED;
    const name = `asset.${built?.artifact.name ?? NOT_BUNDLED}`;
    const target = `${stage.assetOutdir}/${name}`;
    if (built) link(built, target);
    else placeholder(target);
    const isOwn = stage.assetOutdir === stage.outdir;
    this.placed = { built, hash, path: isOwn ? name : relative(stage.outdir, target) };
    return this.placed;
  }
}

const askedFor = new WeakMap<Stack, boolean>();

/** Whether a stack's code is to be bundled. CDK matches patterns each time it is asked, which is often. */
export function isBundlingRequired(stack: Stack): boolean {
  const known = askedFor.get(stack) ?? stack.bundlingRequired;
  askedFor.set(stack, known);
  return known;
}

/** Whether CDK itself puts the stack's assets where the template looks for them. */
function hasOwnKeys(stack: Stack): boolean {
  if (stack.nestedStackParent) return hasOwnKeys(stack.nestedStackParent);
  return [
    DefaultStackSynthesizer,
    LegacyStackSynthesizer,
    CliCredentialsStackSynthesizer,
    BootstraplessSynthesizer,
  ].some((synthesizer) => stack.synthesizer instanceof synthesizer);
}

/**
 * The hash that an asset has for whoever adds what is in the cloud assembly once more, to copy it elsewhere: stack sets
 * look for it by that. It depends on how well an archive is packed, as the hash of its content does not.
 */
function fingerprint(scope: Construct, path: string): string {
  return FileSystem.fingerprint(join(Stage.of(scope)?.outdir ?? '', path));
}

/** With other synthesizers an asset's location may be that of another resource or parameter. */
function namesNoResources({ synthesizer }: Stack): boolean {
  return synthesizer.constructor === DefaultStackSynthesizer;
}

/** Hard links: no bytes are copied for what has not changed. */
function link({ artifact, store }: Built, target: string): void {
  if (existsSync(target)) return;
  const source = `${store}/${artifact.name}`;
  if (target.endsWith(ARCHIVE) && isLinked(source, target)) return;
  // What is there is whole, since it appears by a rename.
  const draft = `${target}.${randomUUID()}`;
  try {
    if (target.endsWith(ARCHIVE)) copyFileSync(source, draft);
    else linkFolder(source, draft, Object.keys(artifact.files));
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another synth into the same folder was faster.
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

/** @returns false between file systems, and on those without hard links */
function isLinked(source: string, target: string): boolean {
  try {
    linkSync(source, target);
    return true;
  } catch {
    return false;
  }
}

function placeholder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.mjs'), '// Not bundled: this stack was not asked for.\n');
}
