import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, posix } from 'node:path';
import { findUpwards } from '../project-cache/find-upwards.js';
import type { BundlingOptions } from './bundling-options.js';
import type { UnitOptions } from './worker/protocol.mjs';

/** What the user has said about bundling, with files by their absolute paths. */
export interface ResolvedBundling {
  readonly options: UnitOptions;
  /** What is copied next to the code, by where it is to be. */
  readonly files: Readonly<Record<string, string>>;
  /** The folders of packages that are not to be bundled, by name. */
  readonly nodeModules: Readonly<Record<string, string>>;
}

/** In this order: the order of the user's properties does not change a bundle. */
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
 * Finds the files that bundling options name.
 *
 * @param entry the file with the handler
 * @param at the construct, for errors
 * @throws Error that names the option, what was given and where it was looked for
 */
export function resolveBundling(bundling: BundlingOptions, entry: string, at: string): ResolvedBundling {
  const known: readonly string[] = [...PLAIN, ...PATHS];
  const unknown = Object.keys(bundling).find((name) => !known.includes(name));
  if (unknown) {
    throw new Error(
      `\`bundling\` must have no other properties than ${known.join(', ')}, got ${unknown}: what a function is made for and where its files go is not open (at ${at})`,
    );
  }
  const { alias, inject, plugins, tsconfig, files = {}, nodeModules = [] } = bundling;
  const find = (name: string, path: string) => found(name, path, at);
  const list = (name: string, paths: readonly string[] | undefined) => paths?.map((path) => find(name, path));
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
      Object.entries(files).map(([place, path]) => [placeOf(place, at), find('files', path)]),
    ),
    nodeModules: Object.fromEntries(nodeModules.map((name) => [name, installed(name, entry, at)])),
  };
}

function found(name: string, path: string, at: string): string {
  const file = findUpwards(path);
  if (file !== undefined) return file;
  throw new Error(
    `\`bundling.${name}\` must name files that exist, got ${path} (looked for from ${process.cwd()} upwards, at ${at})`,
  );
}

function isPath(text: string): boolean {
  return isAbsolute(text) || /^\.{1,2}\//.test(text);
}

/** A place in the function's folder, and not outside of it. */
function placeOf(place: string, at: string): string {
  const normal = posix.normalize(place.replaceAll('\\', '/')).replace(/\/$/, '');
  if (place === '' || isAbsolute(place) || normal === '..' || normal.startsWith('../')) {
    throw new Error(
      `\`bundling.files\` must name places in the function's folder by relative paths, got "${place}" (at ${at})`,
    );
  }
  return normal;
}

function installed(name: string, entry: string, at: string): string {
  for (let folder = dirname(entry); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    // What tools generate, as in node_modules/.prisma, has no package.json.
    if (existsSync(name.startsWith('.') ? candidate : join(candidate, 'package.json')))
      return realpathSync(candidate);
    if (folder === dirname(folder)) {
      throw new Error(
        `\`bundling.nodeModules\` must name packages that are installed, got ${name} (looked for from ${dirname(entry)} upwards, at ${at})`,
      );
    }
  }
}
