import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npmInstall } from './npm-install.js';
import { PRIVATE_FILE } from './private-files.js';
import { tail } from './run.js';
import { sdkPackagesOf } from './sdk-imports.js';
import { installOnce, toolCache } from './tool-cache.js';

/**
 * Version of the AWS SDK in the local Node.js runtimes. On AWS it depends on the runtime and the region, and no list is
 * published (https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html#nodejs-sdk-included): this one was seen in
 * nodejs22.x.
 */
const SDK_VERSION = '3.895.0';

/**
 * Installs the packages of the AWS SDK that deployed code imports without bringing them, as Lambda's Node.js runtimes
 * have them, and writes their folder to the file that the emulator reads. Without network, the deployment goes on: the
 * functions log what they lack.
 */
export async function installRuntimeSdk(
  assemblyDir: string,
  projectDir: string,
  file: string,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const packages = await sdkPackagesOf(assemblyDir, projectDir);
  const folder = packages.length > 0 ? await installed(packages, log, signal) : undefined;
  await writeFile(file, JSON.stringify({ folder }), { mode: PRIVATE_FILE });
}

async function installed(
  packages: readonly string[],
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const key = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 16);
  const folder = join(toolCache(), `lambda-sdk-${SDK_VERSION}-${key}`);
  try {
    return await installOnce(folder, 'node_modules', async (into) => {
      log(`Installing what Lambda's runtime has of the AWS SDK: ${packages.join(', ')} (once)`);
      await install(into, packages, log, signal);
    });
  } catch (error) {
    signal?.throwIfAborted();
    log(`${(error as Error).message}\nFunctions that import ${packages.join(', ')} fail until it can be.`);
    return undefined;
  }
}

/** Installs the packages that exist, and names the others. */
async function install(
  into: string,
  packages: readonly string[],
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const versions = packages.map((name) => (name.startsWith('@aws-sdk/') ? `${name}@${SDK_VERSION}` : name));
  const { code, stdout, stderr } = await npmInstall(into, versions, signal);
  if (code === 0) return;
  const output = `${stdout}\n${stderr}`;
  const missing = packages.find((name) => /\b(E404|ETARGET)\b/.test(output) && output.includes(`${name}@`));
  if (missing === undefined)
    throw new Error(`The AWS SDK of Lambda's runtime could not be installed:\n${tail(output, 5)}`);
  log(`Lambda's runtime has no ${missing}: functions that import it fail.`);
  const others = packages.filter((name) => name !== missing);
  if (others.length > 0) await install(into, others, log, signal);
}
