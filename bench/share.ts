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

/** The bundler's files in the package: what finds, looks up, builds and places code. */
const BUNDLER =
  /cdk-trellis\/dist\/function\/private\/(automatic-layer|bundl|cache|call-sites|code-size|entry|export-name|file-hashes|find-upwards|function-code|hash|json-file|original-files|packages-hash|project|source-file|vendor-set|vite-import|work)[\w-]*\.js$/;

/** Those of them that ask the cache whether what was built is still good. */
const CACHE = /cdk-trellis\/dist\/function\/private\/(cache|file-hashes|json-file|packages-hash)[\w-]*\.js$/;

/** CDK's time measurements lie between everybody and the file system. */
const TRANSPARENT = /^node:(?!internal\/modules)|aws-cdk-lib\/core\/lib\/private\/perf\.js$|^$/;

/**
 * Milliseconds that a program spends in the bundler and what Node.js does for it, without loading modules; and in its
 * cache alone.
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
  /** Whose work a node is: that of the nearest file above it that is somebody's. */
  const isOurs = (id: number | undefined): boolean => {
    const url = id === undefined ? 'nobody' : (byId.get(id)?.callFrame.url ?? '');
    return TRANSPARENT.test(url) ? isOurs(parents.get(id as number)) : files.test(url);
  };
  const microseconds = samples.reduce((sum, id, at) => sum + (isOurs(id) ? (timeDeltas[at] ?? 0) : 0), 0);
  return microseconds / 1000;
}
