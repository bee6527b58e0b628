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
import { type ResourceAccesses, requestsOf } from '../bindings/resource-access.js';
import { assertProps } from '../construct/assert-props.js';
import { constructPath } from '../construct/construct-path.js';
import { BaseFunction } from './base-function.js';
import type { BaseFunctionOptions } from './base-function-options.js';
import { assertBootstrap } from './private/bootstrap.js';
import { edgeError } from './private/edge-error.js';
import { hasNoPlatform, isCustomRuntime, isImage, validateCode } from './private/validate-code.js';

/** Options of an AssetFunction besides its code: every option of CDK's functions. Yours override the defaults. */
export interface AssetFunctionOptions extends BaseFunctionOptions {
  /**
   * Resources that the function uses. Each adds an environment variable with its name, address or ARN (ORDERS_TABLE for
   * a table that is bound as `orders`) and the permissions of its access only.
   *
   * @default - no variables and permissions
   */
  readonly bind?: ResourceAccesses;
}

/** A folder, an archive or text. */
interface ArchiveProps extends AssetFunctionOptions {
  readonly code: Code;
  /** `Runtime.PROVIDED_AL2023` for code with its own runtime, the executable file `bootstrap`. */
  readonly runtime: Runtime;
  /**
   * The function that the runtime calls: `main.handler` is `handler` in main.py.
   *
   * @default 'bootstrap' with a custom runtime, which reads it from `_HANDLER`; required otherwise
   */
  readonly handler?: string;
  /** Layers of the function. @default - no layers */
  readonly layers?: readonly ILayerVersion[];
}

/** A container image, which contains the runtime, the handler and the content of layers. */
interface ImageProps extends AssetFunctionOptions {
  readonly code: AssetImageCode | EcrImageCode;
  readonly runtime?: undefined;
  readonly handler?: undefined;
  readonly layers?: undefined;
}

export type AssetFunctionProps = ArchiveProps | ImageProps;

/**
 * A function with your own code, in any language: a folder, text, a container image, or a custom runtime. It has the
 * defaults and bindings of NodeFunction: arm64, 256 MB, 10 seconds, X-Ray tracing, JSON logs in its own log group that
 * are kept for a month, and a role with the permissions of its bindings only. Costs nothing at rest.
 *
 * A custom runtime writes its own logs: it should write JSON if AWS_LAMBDA_LOG_FORMAT is JSON.
 *
 * @throws Error with all errors: code that does not fit its runtime, invalid bindings, a custom runtime
 *   that Lambda cannot start (no `bootstrap`, not executable, for another processor)
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
 * // The folder contains an executable file `bootstrap`: a program for Linux on arm64, or a script.
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
    assertProps(constructPath(scope, id), 'AssetFunction', props, new.target === AssetFunction);
    const { bind = {}, layers, ...options } = props;
    const { code, runtime, handler, architecture = Architecture.ARM_64 } = options;
    const errors = validateCode({ code, runtime, handler, layers, architecture });
    const existingVariables = Object.keys(options.environment ?? {});
    const resolved = resolveBindings(
      requestsOf(bind, 'bind.'),
      existingVariables,
      errors,
      (all) => {
        return new Error(`${all.join('\n')} (at ${constructPath(scope, id)})`);
      },
      { scope },
    );
    const environment = { ...resolved.environment, ...options.environment };
    const image = { runtime: Runtime.FROM_IMAGE, handler: Handler.FROM_IMAGE };
    const archive = {
      runtime: runtime as Runtime,
      handler: handler ?? 'bootstrap',
      layers: layers && [...layers],
    };
    super(scope, id, { ...options, ...(isImage(code) ? image : archive), environment }, resolved);
    if (isCustomRuntime(runtime)) assertBootstrap(this, { code, layers, architecture });
    if (hasNoPlatform(code)) this.warnOfPlatform();
  }

  private warnOfPlatform(): void {
    const { name } = this.architecture;
    Annotations.of(this).addWarningV2(
      'cdk-trellis:imagePlatform',
      `The image is built for the processor of the build machine, but the function runs on ${name}. Set \`platform: Platform.LINUX_${name === 'arm64' ? 'ARM64' : 'AMD64'}\`.`,
    );
  }

  /** @internal CDK calls it for the version that is associated with a distribution. */
  public override _checkEdgeCompatibility(): void {
    throw edgeError(this.node.path);
  }
}
