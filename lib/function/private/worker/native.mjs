// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{
 *   name: string,
 *   version?: string,
 *   dependencies?: Record<string, string>,
 *   optionalDependencies?: Record<string, string>,
 *   peerDependencies?: Record<string, string>,
 *   peerDependenciesMeta?: Record<string, { optional?: boolean }>,
 *   os?: string[],
 *   cpu?: string[],
 *   libc?: string[],
 *   gypfile?: boolean,
 *   addon?: boolean,
 *   binary?: unknown,
 *   napi?: unknown,
 * }} Manifest
 */

/** Packages whose only purpose is to find or to fetch a native addon. */
const LOADERS = [
  'bindings',
  'node-gyp-build',
  'node-gyp-build-optional-packages',
  'prebuild-install',
  'node-pre-gyp',
  '@mapbox/node-pre-gyp',
  'pkg-prebuilds',
  '@neon-rs/load',
  'require-addon',
];

/** What is in the folder of a package that has an addon built or brings it along. */
const SIGNS = ['binding.gyp', 'prebuilds'];

/** As they name the package for a platform: `@node-rs/argon2-linux-arm64-gnu`, `@img/sharp-linux-arm64`. */
const FOR_LINUX = /(^|[-/.])linux-(x64|arm64)(?!.*musl)/;

/** @type {Map<string, Manifest>} */
const manifests = new Map();

/** Packages may have been installed since. */
export function forgetManifests() {
  manifests.clear();
}

/** @param {string} folder @returns {Manifest} */
export function manifestOf(folder) {
  const known = manifests.get(folder) ?? JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  manifests.set(folder, known);
  return known;
}

/**
 * Whether a package has a native addon, or a program, for each platform. Many load it by a name that they compute,
 * which no bundler can follow.
 *
 * @param {string} folder of the package
 */
export function isNative(folder) {
  const manifest = manifestOf(folder);
  const { gypfile, addon, binary, napi, cpu, dependencies = {}, optionalDependencies = {} } = manifest;
  // The package for one platform, which the actual one loads.
  if (cpu?.length === 1) return false;
  return (
    gypfile === true ||
    addon === true ||
    [binary, napi].some((field) => typeof field === 'object') ||
    LOADERS.some((name) => name in dependencies) ||
    Object.keys(optionalDependencies).some((name) => FOR_LINUX.test(name)) ||
    SIGNS.some((name) => existsSync(join(folder, name)))
  );
}

/** Whether a package does without another one. @param {Manifest} manifest @param {string} name */
export function isOptionalFor({ optionalDependencies = {}, peerDependenciesMeta = {} }, name) {
  return name in optionalDependencies || peerDependenciesMeta[name]?.optional === true;
}

/**
 * Whether npm would install the package where Lambda runs: Amazon Linux, whose C library is glibc.
 *
 * @param {Manifest} manifest
 * @param {readonly string[]} architectures
 */
export function isForLambda({ os, cpu, libc }, architectures) {
  return (
    allows(os, ['linux']) && allows(cpu, architectures) && (libc === undefined || libc.includes('glibc'))
  );
}

/** @param {string[] | undefined} list as in package.json: `linux`, or `!win32` @param {readonly string[]} values */
function allows(list, values) {
  if (list === undefined || list.length === 0) return true;
  return values.some((value) =>
    list.every((item) => item.startsWith('!')) ? !list.includes(`!${value}`) : list.includes(value),
  );
}

/** The processors that ELF headers name, as Node.js calls them. */
const MACHINES = /** @type {Record<number, string>} */ ({ 62: 'x64', 183: 'arm64' });

/**
 * What machine code is for: `linux-arm64`, or `other`.
 *
 * @param {string | Uint8Array} content
 * @returns {string | undefined} undefined when it is none
 */
export function platformOf(content) {
  if (typeof content === 'string' || content.length < 64) return undefined;
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
  const magic = bytes.readUInt32BE();
  // https://man7.org/linux/man-pages/man5/elf.5.html
  if (magic === 0x7f454c46) return `linux-${MACHINES[bytes.readUInt16LE(18)] ?? 'other'}`;
  if ([0xcffaedfe, 0xfeedfacf, 0xcafebabe].includes(magic)) return 'other';
  // https://learn.microsoft.com/windows/win32/debug/pe-format
  const header = magic >>> 16 === 0x4d5a ? bytes.readUInt32LE(0x3c) : bytes.length;
  return bytes.toString('latin1', header, header + 4) === 'PE\0\0' ? 'other' : undefined;
}

/**
 * What to do about a native package without machine code for where its functions run.
 *
 * npm's own switches (`--cpu=arm64`) would exchange the packages for other platforms for all those that this machine
 * needs itself, esbuild's for one.
 *
 * @param {Manifest} manifest
 * @param {string} architecture
 * @param {ReadonlySet<string>} found what it has machine code for
 */
export function missingText({ name, version, optionalDependencies = {} }, architecture, found) {
  const isFor = (/** @type {string} */ key) =>
    FOR_LINUX.test(key) && key.split(/[-/.]/).includes(architecture);
  const platforms = Object.keys(optionalDependencies).filter(isFor).sort();
  const packages = platforms.map((key) => `${key}@${optionalDependencies[key]}`).join(' ');
  const remedy = packages
    ? `Add it to what this machine needs: npm install --no-save --force ${packages} (pnpm and Yarn have a setting, supportedArchitectures).`
    : `Have it fetched or built for Lambda: npm rebuild ${name} --platform=linux --arch=${architecture}.`;
  const [lambda, other] = architecture === 'x64' ? ['x86_64', 'ARM_64'] : ['arm64', 'X86_64'];
  const has = found.size > 0 ? 'is for other systems only' : 'has none';
  return `${name}@${version} is native and needs machine code for Linux on ${lambda}, the architecture of the function; what is installed ${has}. ${remedy} Or run the function on the other architecture: \`architecture: Architecture.${other}\`.`;
}
