import { basename, dirname } from 'node:path';

/**
 * Folders whose files all have names that change with their content: Next.js, Nuxt, SvelteKit and Astro serve them
 * as immutable themselves.
 */
const FRAMEWORK_FOLDERS = /(^|\/)(_next\/static|_nuxt|_app\/immutable|_astro)\//;

/** Nuxt's pointer to the latest build is the exception in its folder. */
const NUXT_POINTER = /(^|\/)_nuxt\/builds\/latest\.json$/;

/** Names as bundlers write them, in a folder where every script and style has such a name. */
const BUNDLER_NAMES = [/[.-][0-9a-f]{8,64}(\.[a-z]+)+$/, /-(?=[\w-]*[A-Z])[\w-]{8}(\.[a-z]+)+$/];

/** Files of bundlers only: a person names an image in their folder, but no script. */
const BUNDLED = /\.(js|mjs|css)(\.map)?$/;

/** Names that may contain a hash, dates and versions included. */
const POSSIBLE_NAME = /(^|[-._/])(?=[\w-]*[A-Z0-9])[\w-]{8,}(\.[a-z0-9]+)+$/;

/**
 * Returns the files whose names certainly change with their content. A wrong guess has no remedy, because browsers do
 * not ask for an immutable file again: a word, a date or a version is not enough.
 *
 * @param folders folders whose files are all hashed; undefined to decide by frameworks' folders and by names
 */
export function hashedFiles(paths: readonly string[], folders?: readonly string[]): Set<string> {
  const isStated = (path: string) => folders?.some((folder) => path.startsWith(folder));
  if (folders) return new Set(paths.filter(isStated));
  const bundled = bundledFiles(paths);
  return new Set(
    paths.filter(
      (path) =>
        (FRAMEWORK_FOLDERS.test(path) && !NUXT_POINTER.test(path)) || hasHash(path) || bundled.has(path),
    ),
  );
}

/**
 * Returns whether to keep a file for a while after its removal, for pages that are open. A wrong guess costs nothing
 * but the time, so that names are enough that only may be hashed; documents outside of bundlers' folders go at once.
 */
export function mayBeHashed(path: string): boolean {
  const isBuilt = BUNDLED.test(path) || /(^|\/)(assets|static)\//.test(path);
  return FRAMEWORK_FOLDERS.test(path) || (isBuilt && POSSIBLE_NAME.test(path));
}

/**
 * Returns the scripts and styles in folders where all have names of one bundler. There a single name may be doubtful, as
 * every fifth hash has no digit.
 */
function bundledFiles(paths: readonly string[]): Set<string> {
  const folders = new Map<string, string[]>();
  for (const path of paths.filter((path) => BUNDLED.test(path))) {
    folders.set(dirname(path), [...(folders.get(dirname(path)) ?? []), path]);
  }
  const isBundled = (files: readonly string[]) =>
    files.filter((path) => hasHash(path, 1)).length * 2 >= files.length &&
    BUNDLER_NAMES.some((name) => files.every((path) => name.test(path)));
  return new Set([...folders.values()].filter(isBundled).flat());
}

/** Returns whether a part of the name between dots is, or ends with, what no person writes. */
function hasHash(path: string, minChanges?: number): boolean {
  const parts = basename(path).split('.').slice(0, -1);
  return parts.some((part) =>
    [part.replace(/^.*[-_]/, ''), part.match(/-([\w-]{8})$/)?.[1]].some((text) => isHash(text, minChanges)),
  );
}

/**
 * Returns whether text is a hash: digits and letters of all kinds of its alphabet (hexadecimal, base 32, base 64) in
 * turn. `20240115`, `1920x1080`, `SemiBold` and `iPhone15` have too few changes from one kind to another.
 */
function isHash(text = '', minChanges = 4): boolean {
  const kinds = [/[0-9]/, /[a-z]/, /[A-Z]/].filter((kind) => kind.test(text)).length;
  const changes = (text.replace(/[-_]/g, '').match(/[0-9]+|[a-z]+|[A-Z]+/g)?.length ?? 1) - 1;
  if (/^([0-9a-f]{8,64}|[A-Z2-7]{8})$/.test(text)) return kinds === 2 && changes >= minChanges - 1;
  return /^[\w-]{8}$/.test(text) && kinds === 3 && changes >= minChanges;
}
