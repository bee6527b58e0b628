import {
  Architecture,
  type AssetImageCode,
  type Code,
  type EcrImageCode,
  Handler,
  type ILayerVersion,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { Annotations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { resolveBindings } from '../bindings/resolve-bindings.js';
import { type ResourceAccesses, wantedBy } from '../bindings/resource-access.js';
import { constructPath } from '../construct/construct-path.js';
import { BaseFunction } from './base-function.js';
import type { BaseFunctionOptions } from './base-function-options.js';
import { checkBootstrap } from './private/bootstrap.js';
import { edgeError } from './private/edge.js';
import { isCustomRuntime, isImage, isOfAnyPlatform, validateCode } from './private/validate-code.js';

/** What can be said about a function whose code you bring. All options of CDK's functions; they win over the defaults. */
export interface AssetFunctionOptions extends BaseFunctionOptions {
  /**
   * What the function uses: an environment variable for each, with its name, address or ARN (ORDERS_TABLE for a table
   * that is bound as `orders`), and permission for this access alone.
   *
   * @default - nothing
   */
  readonly bind?: ResourceAccesses;
}

/** A folder, an archive or text. */
interface ArchiveProps extends AssetFunctionOptions {
  readonly code: Code;
  /** `Runtime.PROVIDED_AL2023` for code that brings its own runtime, the executable file `bootstrap`. */
  readonly runtime: Runtime;
  /**
   * The function that the runtime calls: `main.handler` is `handler` in main.py.
   *
   * @default 'bootstrap' with a custom runtime, which finds it in `_HANDLER`; required with all others
   */
  readonly handler?: string;
  /** @default - none */
  readonly layers?: readonly ILayerVersion[];
}

/** A container image, which brings its runtime, its handler and what layers would hold. */
interface ImageProps extends AssetFunctionOptions {
  readonly code: AssetImageCode | EcrImageCode;
  readonly runtime?: undefined;
  readonly handler?: undefined;
  readonly layers?: undefined;
}

export type AssetFunctionProps = ArchiveProps | ImageProps;

/**
 * A function whose code you bring, in any language: a folder, text, a container image, or a custom runtime. With the
 * defaults and bindings of NodeFunction: arm64, 256 MB, 10 seconds, X-Ray tracing, JSON logs in a log group of its own
 * that are kept for a month, and a role that allows what is bound and nothing else. Costs nothing at rest.
 *
 * A runtime that you bring writes its own logs: make them JSON where AWS_LAMBDA_LOG_FORMAT says so.
 *
 * @throws Error that names all errors: code that does not fit its runtime, what cannot be bound; a custom runtime
 *   that Lambda could not start (no `bootstrap`, not executable, for another processor)
 * @example
 * import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
 * import { AssetFunction } from 'cdk-trellis';
 *
 * new AssetFunction(stack, 'Report', {
 *   runtime: Runtime.PYTHON_3_14,
 *   code: Code.fromAsset('lambda/report'),
 *   handler: 'main.handler',
 *   bind: { orders: { to: ordersTable, access: 'read' } },
 * });
 * @example
 * import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
 * import { AssetFunction } from 'cdk-trellis';
 *
 * // The folder has an executable file `bootstrap`: a program for Linux on arm64, or a script.
 * new AssetFunction(stack, 'Fast', { runtime: Runtime.PROVIDED_AL2023, code: Code.fromAsset('target/lambda/fast') });
 * @example
 * import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
 * import { Code } from 'aws-cdk-lib/aws-lambda';
 * import { AssetFunction } from 'cdk-trellis';
 *
 * new AssetFunction(stack, 'Convert', {
 *   code: Code.fromAssetImage('images/convert', { platform: Platform.LINUX_ARM64 }),
 *   memorySize: 1024,
 * });
 */
export class AssetFunction extends BaseFunction {
  constructor(scope: Construct, id: string, props: AssetFunctionProps) {
    const { bind = {}, layers, ...options } = (props ?? {}) as AssetFunctionProps;
    const { code, runtime, handler, architecture = Architecture.ARM_64 } = options;
    const errors = validateCode({ code, runtime, handler, layers, architecture });
    const taken = Object.keys(options.environment ?? {});
    const granted = resolveBindings(
      wantedBy(bind, 'bind.'),
      taken,
      errors,
      (all) => {
        return new Error(`${all.join('\n')} (at ${constructPath(scope, id)})`);
      },
      { scope },
    );
    const environment = { ...granted.environment, ...options.environment };
    const image = { runtime: Runtime.FROM_IMAGE, handler: Handler.FROM_IMAGE };
    const archive = {
      runtime: runtime as Runtime,
      handler: handler ?? 'bootstrap',
      layers: layers && [...layers],
    };
    super(scope, id, { ...options, ...(isImage(code) ? image : archive), environment }, granted);
    if (isCustomRuntime(runtime)) checkBootstrap(this, { code, layers, architecture });
    if (isOfAnyPlatform(code)) this.warnOfPlatform();
  }

  private warnOfPlatform(): void {
    const { name } = this.architecture;
    Annotations.of(this).addWarningV2(
      'cdk-trellis:imagePlatform',
      `The image is built for the processor of the machine that builds it, and the function runs on ${name}: give it \`platform: Platform.LINUX_${name === 'arm64' ? 'ARM64' : 'AMD64'}\`.`,
    );
  }

  /** @internal CDK calls it for the version that a distribution is given. */
  public override _checkEdgeCompatibility(): void {
    throw edgeError(this.node.path);
  }
}
