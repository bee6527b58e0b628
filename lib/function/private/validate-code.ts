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

/** The code of a function, and what is said of how it runs. */
export interface BroughtCode {
  readonly code: Code;
  readonly runtime?: Runtime | undefined;
  readonly handler?: string | undefined;
  readonly layers?: readonly unknown[] | undefined;
  readonly architecture: Architecture;
}

/** Whether the code is a container image. */
export function isImage(code: Code): code is AssetImageCode | EcrImageCode {
  return code instanceof AssetImageCode || code instanceof EcrImageCode;
}

/** Whether the code brings its own runtime, as a program called `bootstrap`. */
export function isCustomRuntime(runtime: Runtime | undefined): boolean {
  return runtime !== undefined && !Token.isUnresolved(runtime.name) && runtime.name.startsWith('provided');
}

/** What is wrong with the code as such. */
export function validateCode(brought: BroughtCode): string[] {
  const { code } = brought;
  if (typeof code?.bind !== 'function') {
    const isDocker = typeof code === 'object' && code !== null && '_bind' in code;
    const given = isDocker ? 'a DockerImageCode: use `Code.fromAssetImage`' : typeof code;
    return [`\`code\` must be a Code, as in \`Code.fromAsset('lambda/orders')\`, got ${given}`];
  }
  return isImage(code) ? validateImage(code, brought) : validateArchive(code, brought);
}

function validateImage(
  code: AssetImageCode | EcrImageCode,
  { runtime, handler, layers = [], architecture }: BroughtCode,
): string[] {
  const errors: string[] = [];
  if (runtime && runtime !== Runtime.FROM_IMAGE)
    errors.push(`\`runtime\` must be left out for a container image, which has its own, got ${runtime.name}`);
  if (handler !== undefined && handler !== Handler.FROM_IMAGE)
    errors.push(
      `\`handler\` must be left out for a container image, whose command names it (\`cmd\` of the code), got ${handler}`,
    );
  if (layers.length > 0)
    errors.push(
      `\`layers\` must be none for a container image, got ${layers.length}: copy what they hold into the image`,
    );
  const platform = platformOf(code);
  if (platform && platform !== architecture.dockerPlatform)
    errors.push(
      `the \`platform\` of the image must be ${architecture.dockerPlatform} for a function on ${architecture.name}, got ${platform}`,
    );
  return errors;
}

/** Whether an image is built for whatever processor the machine has that builds it. */
export function isOfAnyPlatform(code: Code): boolean {
  return code instanceof AssetImageCode && platformOf(code) === undefined;
}

/** CDK does not show it. */
function platformOf(code: Code): string | undefined {
  return (code as { props?: { platform?: { platform: string } } }).props?.platform?.platform;
}

function validateArchive(code: Code, { runtime, handler }: BroughtCode): string[] {
  const errors: string[] = [];
  if (!runtime || runtime === Runtime.FROM_IMAGE)
    errors.push(
      `\`runtime\` must be that of the code, as in \`Runtime.PYTHON_3_14\`, got ${runtime ? 'Runtime.FROM_IMAGE, but the code is no container image' : 'undefined'}`,
    );
  else if (handler === undefined && !isCustomRuntime(runtime))
    errors.push(`\`handler\` must be the function to call, as in \`'main.handler'\`, got undefined`);
  if (code instanceof AssetCode && !existsSync(code.path))
    errors.push(`\`code\` must be a folder or an archive, got ${resolve(code.path)}, which does not exist`);
  return errors;
}
