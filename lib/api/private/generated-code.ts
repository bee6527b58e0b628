import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Code, type CodeConfig } from 'aws-cdk-lib/aws-lambda';
import { FileAssetPackaging, Names, Stack, Stage } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { sha256 } from '../../project-cache/hash.js';

/** Code generated at synthesis: its files are written to the cloud assembly, in a folder named after their hash. */
export class GeneratedCode extends Code {
  public readonly isInline = false;

  /** @param files contents by file name */
  constructor(private readonly files: Readonly<Record<string, string>>) {
    super();
  }

  public override bind(scope: Construct): CodeConfig {
    const stage = Stage.of(scope);
    if (!stage) throw new Error(`Generated code requires an App as the root (at ${scope.node.path})`);
    const sourceHash = sha256(JSON.stringify(this.files));
    const folder = join(stage.assetOutdir, `asset.${sourceHash}`);
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(this.files)) writeFileSync(join(folder, name), text);
    return {
      s3Location: Stack.of(scope).synthesizer.addFileAsset({
        fileName: relative(stage.outdir, folder),
        packaging: FileAssetPackaging.ZIP_DIRECTORY,
        sourceHash,
        displayName: Names.stackRelativeConstructPath(scope),
      }),
    };
  }
}
