// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

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
/** @type {Map<string, boolean>} */
const natives = new Map();

/** Packages may have been installed since. */
export function forgetPackages() {
  manifests.clear();
  natives.clear();
}

/** @param {string} folder @returns {Manifest} */
export function manifestOf(folder) {
  const known = manifests.get(folder) ?? readManifest(folder);
  manifests.set(folder, known);
  return known;
}

/**
 * A generated client, as in node_modules/.prisma, has no package.json.
 *
 * @param {string} folder
 * @returns {Manifest}
 */
function readManifest(folder) {
  const file = join(folder, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { name: basename(folder) };
}

/** Whether a folder of node_modules is no package, but what a tool has generated. @param {string} folder */
export function isGenerated(folder) {
  return basename(folder).startsWith('.') && !existsSync(join(folder, 'package.json'));
}

/**
 * Whether a package has a native addon, or a program, for each platform. Many load it by a name that they compute,
 * which no bundler can follow.
 *
 * @param {string} folder of the package
 */
export function isNative(folder) {
  const known = natives.get(folder) ?? hasSigns(folder, manifestOf(folder));
  natives.set(folder, known);
  return known;
}

/** @param {string} folder @param {Manifest} manifest */
function hasSigns(folder, manifest) {
  const { gypfile, addon, binary, napi, cpu, dependencies = {}, optionalDependencies = {} } = manifest;
  // The package for one platform, which the actual one loads.
  if (cpu?.length === 1) return false;
  if (isGenerated(folder)) {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((name) => name.endsWith('.node'));
  }
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

/** Whether the package is for the C library that Amazon Linux has. @param {Manifest} manifest */
export function hasLambdasLibrary({ libc = [] }) {
  return libc.length === 0 || libc.includes('glibc');
}

/**
 * Whether npm would install the package on one of the platforms.
 *
 * @param {Manifest} manifest
 * @param {readonly string[]} platforms
 */
export function isFor(manifest, platforms) {
  const { os, cpu } = manifest;
  return platforms.some((platform) => {
    const [system = '', processor = ''] = platform.split('-');
    const isMatch = allows(os, system) && allows(cpu, processor);
    return isMatch && (system !== 'linux' || hasLambdasLibrary(manifest));
  });
}

/** @param {string[] | undefined} list as in package.json: `linux`, or `!win32` @param {string} value */
function allows(list, value) {
  if (list === undefined || list.length === 0) return true;
  return list.every((item) => item.startsWith('!')) ? !list.includes(`!${value}`) : list.includes(value);
}

/** The processors that programs name in their headers, as Node.js calls them. */
const ELF = /** @type {Record<number, string>} */ ({ 62: 'x64', 183: 'arm64' });
const MAC = /** @type {Record<number, string>} */ ({ 16777223: 'x64', 16777228: 'arm64' });

/**
 * The platforms that machine code is for, as Node.js names them: `linux-arm64`.
 *
 * @param {string | Uint8Array} content
 * @returns {string[]} none when it is no machine code
 */
export function platformsOf(content) {
  if (typeof content === 'string' || content.length < 64) return [];
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
  const magic = bytes.readUInt32BE();
  // https://man7.org/linux/man-pages/man5/elf.5.html
  if (magic === 0x7f454c46) return [`linux-${ELF[bytes.readUInt16LE(18)] ?? 'other'}`];
  // https://github.com/apple-oss-distributions/xnu/blob/main/EXTERNAL_HEADERS/mach-o/loader.h
  if (magic === 0xcffaedfe) return [`darwin-${MAC[bytes.readUInt32LE(4)] ?? 'other'}`];
  if (magic === 0xcafebabe) return ['darwin-x64', 'darwin-arm64'];
  // https://learn.microsoft.com/windows/win32/debug/pe-format
  const header = magic >>> 16 === 0x4d5a ? bytes.readUInt32LE(0x3c) : bytes.length;
  return bytes.toString('latin1', header, header + 4) === 'PE\0\0' ? ['win32'] : [];
}

/**
 * What to do about a native package without machine code for where its functions run.
 *
 * npm's own switches (`--cpu=arm64`) would exchange the packages for other platforms for all those that this machine
 * needs itself, esbuild's for one.
 *
 * @param {Manifest} manifest
 * @param {string} platform
 * @param {ReadonlySet<string>} found what it has machine code for
 */
export function missingText({ name, version, optionalDependencies = {} }, platform, found) {
  const [system = '', processor = ''] = platform.split('-');
  const isForPlatform = (/** @type {string} */ key) => {
    const words = key.split(/[-/.]/);
    return words.includes(system) && words.includes(processor) && !words.includes('musl');
  };
  const packages = Object.keys(optionalDependencies)
    .filter(isForPlatform)
    .sort()
    .map((key) => `${key}@${optionalDependencies[key]}`);
  const generated = `Generate it for that platform, too (with Prisma, by \`binaryTargets\` of the generator).`;
  const remedy =
    version === undefined
      ? generated
      : packages.length > 0
        ? `Add it to what this machine needs: npm install --no-save --force ${packages.join(' ')} (pnpm and Yarn have a setting, supportedArchitectures).`
        : `Have it fetched or built for the function: npm rebuild ${name} --platform=${system} --arch=${processor}.`;
  const [own, other, otherName] =
    processor === 'x64' ? ['x86_64', 'arm64', 'ARM_64'] : ['arm64', 'x64', 'X86_64'];
  const has = found.size > 0 ? 'is for other systems only' : 'has none';
  const instead = found.has(`linux-${other}`)
    ? ` Or run the function on the other architecture: \`architecture: Architecture.${otherName}\`.`
    : '';
  const where = `${system === 'linux' ? 'Linux' : system} on ${own}`;
  return `${version === undefined ? name : `${name}@${version}`} is native and needs machine code for ${where}, where the function runs; what is installed ${has}. ${remedy}${instead}`;
}
