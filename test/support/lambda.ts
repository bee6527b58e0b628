import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Stack } from 'aws-cdk-lib/core';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { unzipSync } from 'fflate';

type Json = any;

export function templateOf(assembly: CloudAssembly, stack: Stack): Json {
  return assembly.getStackArtifact(stack.artifactId).template;
}

/** Returns a folder with a resource's code, from the assembly or from an archive there. */
export function codeFolder(assembly: CloudAssembly, stack: Stack, logicalId: string): string {
  const { Code, Content } = templateOf(assembly, stack).Resources[logicalId].Properties;
  const { S3Key } = Code ?? Content;
  // A stage's assets are in the folder of its app.
  const places = [assembly.directory, dirname(assembly.directory)];
  const paths = places.map((place) => join(place, `asset.${S3Key.replace('.zip', '')}`));
  return unpacked(paths.find((path) => existsSync(path) || existsSync(`${path}.zip`)) ?? paths[0]!);
}

/** Returns an asset as a folder: the one in the assembly, or the unpacked archive. @param path without ending */
export function unpacked(path: string): string {
  return existsSync(`${path}.zip`) ? unzipped(`${path}.zip`) : path;
}

/** Unpacks an archive into a folder of its name. */
export function unzipped(archive: string): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'trellis-unzipped-')), basename(archive, '.zip'));
  for (const [name, content] of Object.entries(unzipSync(readFileSync(archive)))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export function logicalIds(assembly: CloudAssembly, stack: Stack, type: string): string[] {
  const resources: [string, Json][] = Object.entries(templateOf(assembly, stack).Resources);
  return resources.filter(([, resource]) => resource.Type === type).map(([id]) => id);
}

/**
 * Runs a function as Lambda would: its code in /var/task, its layers merged in /opt.
 *
 * @param script the body of an async function with `handler` and `load`; what it returns is returned, as JSON
 */
export function runInLambda(
  assembly: CloudAssembly,
  stack: Stack,
  logicalId: string,
  script: string,
  environment: Record<string, string> = {},
): Json {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'trellis-lambda-')));
  const [task, opt] = [join(folder, 'task'), join(folder, 'opt')];
  cpSync(codeFolder(assembly, stack, logicalId), task, { recursive: true });
  mkdirSync(opt);
  for (const layer of templateOf(assembly, stack).Resources[logicalId].Properties.Layers) {
    cpSync(codeFolder(assembly, stack, layer.Ref), opt, { recursive: true });
  }
  writeFileSync(join(folder, 'hooks.mjs'), hooks(opt));
  writeFileSync(join(folder, 'main.mjs'), main(script));
  const output = execFileSync(process.execPath, ['--enable-source-maps', join(folder, 'main.mjs')], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, AWS_REGION: 'us-east-1', ...environment },
  });
  return JSON.parse(output);
}

/** A resolve hook that replaces the mount at /opt, and Lambda's NODE_PATH. */
function hooks(opt: string): string {
  return `const opt = ${JSON.stringify(pathToFileURL(opt).href)};
export const resolve = async (specifier, context, next) => {
  if (specifier.startsWith('/opt/')) return next(opt + specifier.slice(4), context);
  try {
    return await next(specifier, context);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || /^[./]|:/.test(specifier)) throw error;
    return next(specifier, { ...context, parentURL: opt + '/nodejs/index.mjs' });
  }
};`;
}

function main(script: string): string {
  return `import { register } from 'node:module';
register('./hooks.mjs', import.meta.url);
const load = (path) => import(path);
const { handler } = await load('./task/index.mjs');
const result = await (async () => { ${script} })();
process.stdout.write(JSON.stringify(result ?? null));`;
}
