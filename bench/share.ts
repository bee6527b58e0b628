import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Files of the bundler in the package: they find, look up, build and place code. */
const BUNDLER =
  /cdk-trellis\/dist\/(bundler|handler|project-cache)\/[\w-]+\.js$|cdk-trellis\/dist\/function\/private\/(dependency-layer|code-size|function-code)\.js$/;

/** Files of the bundler that check the validity of the cache. */
const CACHE = /cdk-trellis\/dist\/project-cache\/[\w-]+\.js$/;

/** Frames that are attributed to their caller: Node.js, and CDK's time measurements, which wrap the file system. */
const TRANSPARENT = /^node:(?!internal\/modules)|aws-cdk-lib\/core\/lib\/private\/perf\.js$|^$/;

/**
 * Returns the milliseconds that a program spends in the bundler, and in its cache alone: including the work of Node.js
 * for them, without the loading of modules.
 */
export function bundlerMilliseconds(
  file: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): { bundler: number; cache: number } {
  const folder = mkdtempSync(join(tmpdir(), 'trellis-profile-'));
  try {
    const args = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=100', file];
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    if (status !== 0) throw new Error(`${file} failed:\n${stderr}`);
    const profiles = readdirSync(folder).map(
      (name): Profile => JSON.parse(readFileSync(join(folder, name), 'utf8')),
    );
    const total = (files: RegExp) => profiles.reduce((sum, profile) => sum + share(profile, files), 0);
    return { bundler: total(BUNDLER), cache: total(CACHE) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function share({ nodes, samples, timeDeltas }: Profile, files: RegExp): number {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  /** Returns true if the nearest frame that is not transparent belongs to the files. */
  const isOurs = (id: number | undefined): boolean => {
    if (id === undefined) return false;
    const url = byId.get(id)?.callFrame.url ?? '';
    return TRANSPARENT.test(url) ? isOurs(parents.get(id)) : files.test(url);
  };
  const microseconds = samples.reduce(
    (sum, id, index) => sum + (isOurs(id) ? (timeDeltas[index] ?? 0) : 0),
    0,
  );
  return microseconds / 1000;
}
