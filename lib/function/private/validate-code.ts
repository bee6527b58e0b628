import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type Architecture,
  AssetCode,
  AssetImageCode,
  type Code,
  EcrImageCode,
  Handler,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { Token } from 'aws-cdk-lib/core';

/** The code of a function and the options for running it. */
export interface CodeProps {
  readonly code: Code;
  readonly runtime?: Runtime | undefined;
  readonly handler?: string | undefined;
  readonly layers?: readonly unknown[] | undefined;
  readonly architecture: Architecture;
}

/** Returns true if the code is a container image. */
export function isImage(code: Code): code is AssetImageCode | EcrImageCode {
  return code instanceof AssetImageCode || code instanceof EcrImageCode;
}

/** Returns true if the code contains its own runtime, a program `bootstrap`. */
export function isCustomRuntime(runtime: Runtime | undefined): boolean {
  return runtime !== undefined && !Token.isUnresolved(runtime.name) && runtime.name.startsWith('provided');
}

/** Returns the errors of the code and its options. */
export function validateCode(props: CodeProps): string[] {
  const { code } = props;
  if (typeof code?.bind !== 'function') {
    const actual = '_bind' in code ? 'a DockerImageCode: use `Code.fromAssetImage`' : typeof code;
    return [`\`code\` must be a Code, as in \`Code.fromAsset('lambda/orders')\`, got ${actual}`];
  }
  return isImage(code) ? validateImage(code, props) : validateArchive(code, props);
}

function validateImage(
  code: AssetImageCode | EcrImageCode,
  { runtime, handler, layers = [], architecture }: CodeProps,
): string[] {
  const errors: string[] = [];
  if (runtime && runtime !== Runtime.FROM_IMAGE)
    errors.push(
      `\`runtime\` must be omitted for a container image, which contains the runtime, got ${runtime.name}`,
    );
  if (handler !== undefined && handler !== Handler.FROM_IMAGE)
    errors.push(
      `\`handler\` must be omitted for a container image, whose command sets it (\`cmd\` of the code), got ${handler}`,
    );
  if (layers.length > 0)
    errors.push(
      `\`layers\` must be omitted for a container image, got ${layers.length}. Copy their content into the image`,
    );
  const platform = platformOf(code);
  if (platform && platform !== architecture.dockerPlatform)
    errors.push(
      `the \`platform\` of the image must be ${architecture.dockerPlatform} for a function on ${architecture.name}, got ${platform}`,
    );
  return errors;
}

/** Returns true if an image is built for the processor of the build machine. */
export function hasNoPlatform(code: Code): boolean {
  return code instanceof AssetImageCode && platformOf(code) === undefined;
}

/** Returns the platform of an image, which CDK does not expose. */
function platformOf(code: Code): string | undefined {
  return (code as { props?: { platform?: { platform: string } } }).props?.platform?.platform;
}

function validateArchive(code: Code, { runtime, handler }: CodeProps): string[] {
  const errors: string[] = [];
  if (!runtime || runtime === Runtime.FROM_IMAGE)
    errors.push(
      `\`runtime\` must be the runtime of the code, as in \`Runtime.PYTHON_3_14\`, got ${runtime ? 'Runtime.FROM_IMAGE, but the code is not a container image' : 'undefined'}`,
    );
  else if (handler === undefined && !isCustomRuntime(runtime))
    errors.push(`\`handler\` must be the function to call, as in \`'main.handler'\`, got undefined`);
  if (code instanceof AssetCode && !existsSync(code.path))
    errors.push(`\`code\` must be a folder or an archive, got ${resolve(code.path)}, which does not exist`);
  return errors;
}
