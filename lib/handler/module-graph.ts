import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, extname, join, relative, sep } from 'node:path';
import type { Module, Modules, Target } from './module.js';
import { readModule } from './module-exports.js';

/** Where an import leads, and the settings (package.json, tsconfig.json) that say so, by absolute paths. */
export interface Resolution {
  readonly file?: string | undefined;
  readonly inputs: readonly string[];
  readonly absent: readonly string[];
}

/** Resolves an import as the bundler does: with paths of tsconfig.json, workspaces, aliases, `imports` and `exports`. */
export type Resolve = (specifier: string, importer: string) => Resolution;

const LIBRARY = join(__dirname, '..');

/** In the package, handlers of the library itself are ES modules. */
const RUNTIME_FOLDERS = [join(LIBRARY, 'runtime'), join(LIBRARY, 'esm', 'runtime')];

/** Another copy of this library: each package of a monorepo may have one. */
const RUNTIME = /[\\/]cdk-trellis[\\/](lib|dist([\\/]esm)?)[\\/]runtime[\\/]/;

const CODE = /\.[cm]?[jt]sx?$/;

/** Extensions that esbuild adds, in its order. https://esbuild.github.io/api/#resolve-extensions */
const ADDED = ['.tsx', '.ts', '.jsx', '.js'];

/** What TypeScript calls the sources of compiled files; esbuild looks for these after the file that is named. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.ts', '.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

/** The modules that an analysis reads, and how they lead to one another. */
export class ModuleGraph implements Modules {
  /** The files that were read. */
  readonly files = new Set<string>();
  /** Settings that imports were resolved by, and those that would change it if they were there. */
  readonly settings = { inputs: new Set<string>(), absent: new Set<string>() };
  private readonly targets = new Map<string, Target>();

  /**
   * @param resolve resolves what is neither relative nor plainly an installed package
   * @param aliases names that mean something else for this bundle
   */
  constructor(
    private readonly resolve: Resolve,
    private readonly aliases: readonly string[] = [],
  ) {}

  /** @throws SourceError when the file cannot be parsed */
  public read(file: string): Module {
    this.files.add(file);
    return { ...readModule(file), graph: this };
  }

  public target({ file }: { readonly file: string }, from: string): Target {
    const key = `${from}\0${from.startsWith('#') ? file : dirname(file)}`;
    const known = this.targets.get(key) ?? this.find(file, from);
    this.targets.set(key, known);
    return known;
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
    const folder = /^[\w@]/.test(from) ? installedFolder(dirname(importer), packageOf(from)) : undefined;
    if (folder === undefined) return this.resolved(importer, from);
    this.settings.inputs.add(join(folder, 'package.json'));
    return isInstalled(realpathSync(folder)) && !canUseRuntime(folder)
      ? 'package'
      : this.resolved(importer, from);
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

/** The file that a relative import means to esbuild, if that is told by names alone. */
function relativeFile(folder: string, specifier: string): string | undefined {
  const path = join(folder, specifier);
  const extension = extname(path);
  const sources = (SOURCES[extension] ?? []).map((source) => path.slice(0, -extension.length) + source);
  const candidates = [path, ...ADDED.map((added) => path + added), ...sources];
  const found = candidates.find(isFile);
  if (found !== undefined) return realpathSync(found);
  // A folder with a package.json has an entry point of its own.
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

/** Whether a package says that it uses this library: most do not, and need not be read. */
function canUseRuntime(folder: string): boolean {
  const { dependencies, peerDependencies, optionalDependencies, devDependencies, bundledDependencies } =
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const names = { ...dependencies, ...peerDependencies, ...optionalDependencies, ...devDependencies };
  return 'cdk-trellis' in names || [bundledDependencies].flat().includes('cdk-trellis');
}

/** The file as errors name it. */
export function shownFile(file: string): string {
  return relative(process.cwd(), file);
}
