import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, extname, join, relative, sep } from 'node:path';
import type { Module, Modules, Target } from './module.js';
import { readModule } from './module-exports.js';

/** Target of an import, and the settings (package.json, tsconfig.json) that determine it, as absolute paths. */
export interface Resolution {
  readonly file?: string | undefined;
  readonly inputs: readonly string[];
  readonly absent: readonly string[];
}

/** Resolves an import as the bundler does: with paths of tsconfig.json, workspaces, aliases, `imports` and `exports`. */
export type Resolve = (specifier: string, importer: string) => Resolution;

const LIBRARY = join(__dirname, '..');

/** In the published package, the library's own handlers are ES modules. */
const RUNTIME_FOLDERS = [join(LIBRARY, 'runtime'), join(LIBRARY, 'esm', 'runtime')];

/** Another copy of this library: each package of a monorepo may have one. */
const RUNTIME = /[\\/]cdk-trellis[\\/](lib|dist([\\/]esm)?)[\\/]runtime[\\/]/;

const CODE = /\.[cm]?[jt]sx?$/;

/** Extensions that esbuild adds, in its order. https://esbuild.github.io/api/#resolve-extensions */
const ADDED = ['.tsx', '.ts', '.jsx', '.js'];

/** Extensions of sources by the extension of their compiled files; esbuild tries them after the named file. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.ts', '.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

export interface InstalledPackage {
  readonly folder: string;
  /** True for a package that is not of the project and does not use this library: it is not read. */
  readonly isForeign: boolean;
}

/** The modules that an analysis reads, with their imports. */
export class ModuleGraph implements Modules {
  /** Files that were read. */
  readonly files = new Set<string>();
  /** Settings that determine imports, and absent files that would if they existed. */
  readonly settings = { inputs: new Set<string>(), absent: new Set<string>() };
  private readonly modules = new Map<string, Module>();
  private readonly targets = new Map<string, Target>();

  /**
   * @param resolve resolves imports that are neither relative nor clearly an installed package
   * @param aliases names with an alias in this bundle
   * @param packages folders of installed packages by importing folder and name, which the handlers of an app share
   */
  constructor(
    private readonly resolve: Resolve,
    private readonly aliases: readonly string[] = [],
    private readonly packages: Map<string, InstalledPackage | undefined> = new Map(),
  ) {}

  /** @throws SourceError if the file cannot be parsed */
  public read(file: string): Module {
    const known = this.modules.get(file);
    if (known) return known;
    this.files.add(file);
    const module = { ...readModule(file), graph: this };
    this.modules.set(file, module);
    return module;
  }

  public target({ file }: { readonly file: string }, from: string): Target {
    const key = `${from}\0${from.startsWith('#') ? file : dirname(file)}`;
    const target = this.targets.get(key) ?? this.find(file, from);
    this.targets.set(key, target);
    return target;
  }

  private find(importer: string, from: string): Target {
    if (from === 'cdk-trellis/runtime' || from.endsWith('/cdk-trellis/runtime')) return 'runtime';
    const isAliased = this.aliases.some((name) => from === name || from.startsWith(`${name}/`));
    if (isAliased) return this.resolved(importer, from);
    if (isBuiltin(from)) return 'other';
    if (/^\.{1,2}(\/|$)/.test(from)) {
      const file = relativeFile(dirname(importer), from);
      return file === undefined ? this.resolved(importer, from) : kindOf(file);
    }
    const found = /^[\w@]/.test(from) ? this.installed(dirname(importer), packageOf(from)) : undefined;
    if (found === undefined) return this.resolved(importer, from);
    this.settings.inputs.add(join(found.folder, 'package.json'));
    return found.isForeign ? 'package' : this.resolved(importer, from);
  }

  private installed(from: string, name: string): InstalledPackage | undefined {
    const key = `${name}\0${from}`;
    if (!this.packages.has(key)) {
      const folder = installedFolder(from, name);
      const isForeign = folder !== undefined && isInstalled(realpathSync(folder)) && !canUseRuntime(folder);
      this.packages.set(key, folder === undefined ? undefined : { folder, isForeign });
    }
    return this.packages.get(key);
  }

  private resolved(importer: string, from: string): Target {
    const { file, inputs, absent } = this.resolve(from, importer);
    for (const path of inputs) this.settings.inputs.add(path);
    for (const path of absent) this.settings.absent.add(path);
    return file === undefined ? 'unseen' : kindOf(file);
  }
}

function kindOf(file: string): Target {
  if (RUNTIME_FOLDERS.some((folder) => file.startsWith(folder + sep)) || RUNTIME.test(file)) return 'runtime';
  return CODE.test(file) ? { file } : 'other';
}

/** Returns the file to which esbuild resolves a relative import; undefined if names alone do not determine it. */
function relativeFile(folder: string, specifier: string): string | undefined {
  const path = join(folder, specifier);
  const extension = extname(path);
  const sources = (SOURCES[extension] ?? []).map((source) => path.slice(0, -extension.length) + source);
  const candidates = [path, ...ADDED.map((added) => path + added), ...sources];
  const found = candidates.find(isFile);
  if (found !== undefined) return realpathSync(found);
  // A folder with a package.json has its own entry point.
  if (existsSync(join(path, 'package.json'))) return undefined;
  const index = ADDED.map((added) => join(path, `index${added}`)).find(isFile);
  return index && realpathSync(index);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function installedFolder(from: string, name: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

function isInstalled(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file);
}

/** Returns true if a package declares this library as a dependency: most do not and need not be read. */
function canUseRuntime(folder: string): boolean {
  const { dependencies, peerDependencies, optionalDependencies, devDependencies, bundledDependencies } =
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const names = { ...dependencies, ...peerDependencies, ...optionalDependencies, ...devDependencies };
  return 'cdk-trellis' in names || [bundledDependencies].flat().includes('cdk-trellis');
}

/** Returns the file's path for messages. */
export function shownFile(file: string): string {
  return relative(process.cwd(), file);
}
