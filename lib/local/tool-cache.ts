import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const MARKER = '.complete';
const ABANDONED_MS = 60 * 60 * 1000;

/** Returns the folder of installed tools, which all projects of the user share. */
export function toolCache(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cdk-trellis');
}

/**
 * Installs a tool once. It is installed to a temporary folder that is renamed when complete, so an interrupted
 * installation never looks complete. If two processes install at the same time, the first to finish wins.
 *
 * @param proof a file of the tool; if it is missing, the folder is damaged and the tool is installed again
 */
export async function installOnce(
  folder: string,
  proof: string,
  install: (into: string) => Promise<void>,
): Promise<string> {
  const isComplete = () => existsSync(join(folder, MARKER)) && existsSync(join(folder, proof));
  if (isComplete()) return folder;
  await mkdir(dirname(folder), { recursive: true });
  await removeAbandoned(folder);

  const staging = `${folder}.partial-${randomUUID()}`;
  try {
    await mkdir(staging);
    await install(staging);
    await writeFile(join(staging, MARKER), '');
    if (!isComplete()) await moveTo(folder, staging, isComplete);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return folder;
}

async function moveTo(folder: string, staging: string, isComplete: () => boolean): Promise<void> {
  try {
    await rename(staging, folder);
  } catch (error) {
    if (isComplete()) return;
    if (!existsSync(folder)) throw error;
    await rm(folder, { recursive: true, force: true });
    await rename(staging, folder);
  }
}

async function removeAbandoned(folder: string): Promise<void> {
  const prefix = `${basename(folder)}.partial-`;
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(prefix)) continue;
    const abandoned = join(dirname(folder), name);
    const { mtimeMs } = await stat(abandoned).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(abandoned, { recursive: true, force: true });
  }
}
