import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { exportedFiles } from '../handler/package-exports.js';
import { readManifest } from '../handler/package-manifest.js';
import { dependencyLayer } from './private/dependency-layer.js';
import { sharedLayerVersion } from './private/shared-layer-version.js';

/**
 * Code that several functions share, deployed once per stack as a layer: a folder with a package.json (name and
 * exports) and TypeScript or JavaScript sources. Handlers import it by its package name, typed through npm workspaces.
 * At run time each of its modules exists once, so that `instanceof` works.
 *
 * This is a definition without a scope. Each stack that uses it gets its own layer version, which is retained when a
 * newer one replaces it: functions that still refer to it continue to work, and no stack exports anything.
 *
 * @example
 * import { DataTable, NodeFunction, SharedLayer } from 'cdk-trellis';
 *
 * const commerce = SharedLayer.fromPackage('layers/commerce');
 * const orders = new DataTable(stack, 'Orders', { partitionKey: 'orderId' });
 * new NodeFunction(stack, 'Place', {
 *   handler: () => import('../lambda/place.js'),
 *   bind: { orders },
 *   layers: [commerce],
 * });
 */
export class SharedLayer {
  /**
   * @param folder the package's folder, absolute or relative to the working directory (where cdk.json is) or to one
   *   of the folders above it
   * @throws Error if the folder does not exist, its package.json is not JSON or has no name, or an export is not a file
   */
  static fromPackage(folder: string): SharedLayer {
    return new SharedLayer(folder);
  }

  /** The name that handlers import it by. */
  readonly packageName: string;
  /** Folder of its sources. */
  readonly folder: string;
  /** Its source files by subpath, as in package.json: `.`, `./money`. */
  readonly exports: Readonly<Record<string, string>>;
  /** The version in its package.json. */
  readonly version: string;

  private constructor(folder: string) {
    this.folder = findFolder(folder);
    const manifest = readManifest(this.folder);
    this.packageName = manifest.name;
    this.version = manifest.version;
    this.exports = exportedFiles(this.folder, manifest);
  }

  /**
   * Returns the `layers` of a function other than NodeFunction in its stack: the stack's dependency layer, with the npm
   * packages that this layer imports, and this layer. The function, an ES module, imports the package by its name and
   * must not bundle it: Lambda resolves it in /opt/nodejs/node_modules.
   *
   * @param scope the function's stack, or a construct in it
   * @example
   * import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
   * import { SharedLayer } from 'cdk-trellis';
   *
   * const commerce = SharedLayer.fromPackage('layers/commerce');
   * new LambdaFunction(stack, 'Plain', {
   *   runtime: Runtime.NODEJS_24_X,
   *   handler: 'index.handler',
   *   code: Code.fromAsset('plain'),
   *   layers: commerce.versionsIn(stack),
   * });
   */
  versionsIn(scope: Construct): ILayerVersion[] {
    return [dependencyLayer(scope).version, sharedLayerVersion(scope, this).version];
  }
}

function findFolder(folder: string): string {
  for (let base = process.cwd(); ; base = dirname(base)) {
    const candidate = isAbsolute(folder) ? folder : resolve(base, folder);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (base === dirname(base) || isAbsolute(folder)) {
      throw new Error(
        `A shared layer must be a folder with a package.json, got ${folder} (searched from ${process.cwd()} upwards)`,
      );
    }
  }
}
