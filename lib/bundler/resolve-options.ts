import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, posix } from 'node:path';
import { findUpwards } from '../project-cache/find-upwards.js';
import type { BundlingOptions } from './bundling-options.js';
import type { UnitOptions } from './worker/protocol.mjs';

/** Bundling options with absolute paths. */
export interface ResolvedBundling {
  readonly options: UnitOptions;
  /** Files to copy next to the code, by target path. */
  readonly files: Readonly<Record<string, string>>;
  /** Folders of the packages that are not bundled, by name. */
  readonly nodeModules: Readonly<Record<string, string>>;
}

/** Options in a fixed order: the order of the user's properties does not change a bundle. */
const PLAIN = [
  'define',
  'loader',
  'external',
  'conditions',
  'banner',
  'minify',
  'keepNames',
  'sourceMap',
] as const;
const PATHS = ['alias', 'inject', 'plugins', 'tsconfig', 'files', 'nodeModules'] as const;

/**
 * Resolves the paths in bundling options.
 *
 * @param entry file with the handler
 * @param path path of the construct, for errors
 * @throws Error with the option, the value and the folders that were searched
 */
export function resolveBundling(bundling: BundlingOptions, entry: string, path: string): ResolvedBundling {
  const names: readonly string[] = [...PLAIN, ...PATHS];
  const unknown = Object.keys(bundling).find((name) => !names.includes(name));
  if (unknown) {
    throw new Error(
      `\`bundling\` must have only the properties ${names.join(', ')}, got ${unknown} (at ${path}). The library sets the other options of esbuild.`,
    );
  }
  const { alias, inject, plugins, tsconfig, files = {}, nodeModules = [] } = bundling;
  const find = (name: string, file: string) => resolveFile(name, file, path);
  const list = (name: string, files: readonly string[] | undefined) => files?.map((file) => find(name, file));
  const targets = Object.entries(alias ?? {}).map(([name, to]) => [
    name,
    isPath(to) ? find('alias', to) : to,
  ]);
  return {
    options: {
      ...Object.fromEntries(PLAIN.map((name) => [name, bundling[name]])),
      alias: alias && Object.fromEntries(targets),
      inject: list('inject', inject),
      plugins: list('plugins', plugins),
      tsconfig: tsconfig === undefined ? undefined : find('tsconfig', tsconfig),
    },
    files: Object.fromEntries(
      Object.entries(files).map(([target, source]) => [normalizeTarget(target, path), find('files', source)]),
    ),
    nodeModules: Object.fromEntries(nodeModules.map((name) => [name, resolvePackage(name, entry, path)])),
  };
}

function resolveFile(name: string, file: string, path: string): string {
  const resolved = findUpwards(file);
  if (resolved !== undefined) return resolved;
  throw new Error(
    `\`bundling.${name}\` must name existing files, got ${file} (searched from ${process.cwd()} upwards, at ${path})`,
  );
}

function isPath(text: string): boolean {
  return isAbsolute(text) || /^\.{1,2}\//.test(text);
}

/** Returns a normalized path inside the function's folder. */
function normalizeTarget(target: string, path: string): string {
  const normal = posix.normalize(target.replaceAll('\\', '/')).replace(/\/$/, '');
  if (target === '' || isAbsolute(target) || normal === '..' || normal.startsWith('../')) {
    throw new Error(
      `\`bundling.files\` must have relative paths inside the function's folder as keys, got "${target}" (at ${path})`,
    );
  }
  return normal;
}

function resolvePackage(name: string, entry: string, path: string): string {
  for (let folder = dirname(entry); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    // Generated packages, as node_modules/.prisma, have no package.json.
    if (existsSync(name.startsWith('.') ? candidate : join(candidate, 'package.json')))
      return realpathSync(candidate);
    if (folder === dirname(folder)) {
      throw new Error(
        `\`bundling.nodeModules\` must name installed packages, got ${name} (searched from ${dirname(entry)} upwards, at ${path})`,
      );
    }
  }
}
