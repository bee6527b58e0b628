import { basename, dirname } from 'node:path';

/**
 * Folders whose files all have names that change with their content: Next.js, Nuxt, SvelteKit and Astro serve them
 * as immutable themselves.
 */
const FRAMEWORK_FOLDERS = /(^|\/)(_next\/static|_nuxt|_app\/immutable|_astro)\//;

/** Nuxt's pointer to the latest build is the exception in its folder. */
const NUXT_POINTER = /(^|\/)_nuxt\/builds\/latest\.json$/;

/** Names as bundlers write them, in a folder where nearly every script and style has such a name. */
const BUNDLER_NAMES = [/[.-][0-9a-f]{8,64}(\.[a-z]+)+$/, /-(?=[\w-]*[A-Z])[\w-]{8}(\.[a-z]+)+$/];

/** Share of the scripts and styles in a bundler's folder that have its names: a few hashes have no capital letter. */
const MIN_SHARE = 0.8;

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
 * Returns the scripts and styles in folders where nearly all have names of one bundler. There one name that is probably a hash is
 * enough, as every fifth hash has no digit.
 */
function bundledFiles(paths: readonly string[]): Set<string> {
  const folders = new Map<string, string[]>();
  for (const path of paths.filter((path) => BUNDLED.test(path))) {
    folders.set(dirname(path), [...(folders.get(dirname(path)) ?? []), path]);
  }
  const bundledIn = (files: readonly string[]): string[] => {
    if (!files.some((path) => hasHash(path, isProbablyHash))) return [];
    const named = BUNDLER_NAMES.map((name) => files.filter((path) => name.test(path)));
    return named.find((matching) => matching.length >= files.length * MIN_SHARE) ?? [];
  };
  return new Set([...folders.values()].flatMap(bundledIn));
}

/** Returns whether a part of the name between dots is a hash, or ends with one. */
function hasHash(path: string, isHash: (text: string) => boolean = isCertainlyHash): boolean {
  const parts = basename(path).split('.').slice(0, -1);
  return parts.some((part) => {
    const [, last] = part.match(/-([\w-]{8})$/) ?? [];
    return isHash(part.replace(/^.*[-_]/, '')) || (last !== undefined && isHash(last));
  });
}

/**
 * Returns whether text is a hash: digits and letters of all kinds of its alphabet (hexadecimal, base 32, base 64) in
 * turn. `20240115`, `1920x1080`, `SemiBold` and `iPhone15` have too few changes from one kind to another.
 */
function isCertainlyHash(text: string): boolean {
  const changes = (text.replace(/[-_]/g, '').match(/[0-9]+|[a-z]+|[A-Z]+/g)?.length ?? 1) - 1;
  if (/^([0-9a-f]{8,64}|[A-Z2-7]{8})$/.test(text)) return kindsIn(text) === 2 && changes >= 3;
  return /^[\w-]{8}$/.test(text) && kindsIn(text) === 3 && changes >= 4;
}

function isProbablyHash(text: string): boolean {
  if (/^[0-9a-f]{8,64}$/.test(text)) return kindsIn(text) === 2;
  return /^[A-Z2-7]{8}$/.test(text) || (/^[\w-]{8}$/.test(text) && kindsIn(text) === 3);
}

/** Returns the number of kinds of characters: digits, lower case, upper case. */
function kindsIn(text: string): number {
  return [/[0-9]/, /[a-z]/, /[A-Z]/].filter((kind) => kind.test(text)).length;
}
