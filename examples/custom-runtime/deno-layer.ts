import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Architecture, Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { AssetHashType, DockerImage } from 'aws-cdk-lib/core';
import { targetOf } from 'cdk-trellis';
import type { Construct } from 'constructs';

const VERSION = '2.9.5';

/** Official npm packages of Deno, each with the binary for one platform, and their checksums. */
const PACKAGES: Readonly<Record<string, { readonly name: string; readonly integrity: string }>> = {
  'linux-arm64': {
    name: '@deno/linux-arm64-glibc',
    integrity:
      'sha512-IuYjsz9PGl7CJcNXMuN27KNDB8Q40brK3SG3l+TXMDVW61ZKwcn0fQHBHnXFiiygEwI8by/fKnASEluhZB1atw==',
  },
  'linux-x64': {
    name: '@deno/linux-x64-glibc',
    integrity:
      'sha512-TDqcnoLe3jlgqYEQm7H7MK6q0JOth+o8iSZzknRODnVkJfPiNnjVn1M1Zc6vnp+ipkyb6Av1/CUlHgHtlq59Gw==',
  },
  'darwin-arm64': {
    name: '@deno/darwin-arm64',
    integrity:
      'sha512-SX98qSdBT1lw9x6NwGwx2xIayl1kRimdRnFohYlJ6nt3mLKzTKHHKQwQs5D2pEY7mbUGGbYe9brM2kfN75pPkg==',
  },
  'darwin-x64': {
    name: '@deno/darwin-x64',
    integrity:
      'sha512-gbdlxWZuAZFiJiZtTT00Mv/aC7f/31+pyqJGQKlZr5X33WeTo5B0GG+efcX3P1UZceRKHuPEAQ1B/M2oRt8r9Q==',
  },
};

/**
 * Layer with Deno as /opt/bin/deno, which is in the PATH of every function. The binary is for Lambda on arm64, or on the
 * local cloud for this machine, which runs the functions there.
 */
export class DenoLayer extends LayerVersion {
  constructor(scope: Construct, id: string) {
    const platform = targetOf(scope) === 'local' ? `${process.platform}-${process.arch}` : 'linux-arm64';
    const source = PACKAGES[platform];
    if (!source) {
      throw new Error(`The platform must be one of ${Object.keys(PACKAGES).join(', ')}, got ${platform}`);
    }
    const { name, integrity } = source;
    super(scope, id, {
      description: `Deno ${VERSION} for ${platform}`,
      compatibleArchitectures: [Architecture.ARM_64],
      code: Code.fromAsset(__dirname, {
        assetHashType: AssetHashType.CUSTOM,
        assetHash: integrity,
        bundling: {
          // Never used: `tryBundle` always returns true.
          image: DockerImage.fromRegistry('scratch'),
          local: {
            tryBundle(output) {
              unpack(`${name}@${VERSION}`, integrity, join(output, 'bin'));
              return true;
            },
          },
        },
      }),
    });
  }
}

/** Extracts the binary of a package. npm verifies the archive with the registry's checksum, this function with ours. */
function unpack(name: string, integrity: string, folder: string): void {
  mkdirSync(folder);
  const work = mkdtempSync(join(folder, 'package-'));
  const packed = execFileSync('npm', ['pack', name, '--json', '--pack-destination', work], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [archive] = JSON.parse(packed);
  if (archive.integrity !== integrity) {
    throw new Error(`The archive of ${name} must have the checksum ${integrity}, got ${archive.integrity}`);
  }
  execFileSync('tar', ['-xzf', join(work, archive.filename), '-C', work]);
  renameSync(join(work, 'package', 'deno'), join(folder, 'deno'));
  rmSync(work, { recursive: true });
}
