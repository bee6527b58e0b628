import { relative } from 'node:path';
import type { IConstruct } from 'constructs';
import type * as BundleThread from '../bundler/bundle-thread.js';
import { libraryConditions } from '../bundler/conditions.js';
import type { UnitOptions } from '../bundler/worker/protocol.mjs';
import { sha256 } from '../project-cache/hash.js';
import { projectRoot } from '../project-cache/project.js';
import { ProjectCaches } from '../project-cache/project-caches.js';
import type * as Analysis from './handler-analysis.js';
import type * as Graph from './module-graph.js';

const sourcesOfApps = new WeakMap<IConstruct, HandlerSources>();

/** Reads the sources of an app's handlers, each once while its files stay the same. */
export class HandlerSources {
  /** Returns the sources of the app that a construct belongs to. */
  static of(scope: IConstruct): HandlerSources {
    const app = scope.node.root;
    const sources = sourcesOfApps.get(app) ?? new HandlerSources(ProjectCaches.of(scope));
    sourcesOfApps.set(app, sources);
    return sources;
  }

  /** Installed packages that modules import. */
  private readonly packages = new Map<string, Graph.InstalledPackage | undefined>();
  /** Options that imports were last resolved with, by entry. */
  private readonly resolving = new Map<string, UnitOptions>();

  private constructor(private readonly caches: ProjectCaches) {}

  /**
   * Reads a handler's needs and kind from its source, without running it.
   *
   * @param options bundling options of its function @default - those of the last call for the same entry
   * @throws SourceError when the source does not show them
   */
  public analyze(entry: string, exportName: string, options?: UnitOptions): Analysis.HandlerAnalysis {
    const root = projectRoot(entry);
    const cache = this.caches.at(root);
    const resolving = options ? resolvingOptions(options) : (this.resolving.get(entry) ?? {});
    this.resolving.set(entry, resolving);
    const suffix = Object.keys(resolving).length > 0 ? ` ${sha256(JSON.stringify(resolving))}` : '';
    const key = `handler ${exportName} ${relative(root, entry)}${suffix}`;
    const cached = cache.get<Analysis.HandlerAnalysis>(key);
    if (cached) return cached.value;
    // Loaded on a cache miss only: a warm synth needs no parser.
    const { analyzeHandler } = require('./handler-analysis.js') as typeof Analysis;
    const { ModuleGraph } = require('./module-graph.js') as typeof Graph;
    const since = Date.now();
    const unit = { root, options: resolving, conditions: libraryConditions() };
    const graph = new ModuleGraph(
      (specifier, importer) => thread().resolveImport({ unit, specifier, importer }),
      Object.keys(resolving.alias ?? {}),
      this.packages,
    );
    const value = analyzeHandler(entry, exportName, graph);
    const { inputs, absent } = graph.settings;
    const paths = (files: Iterable<string>) => [...files].map((file) => relative(root, file));
    cache.set(key, { inputs: paths([...graph.files, ...inputs]), absent: paths(absent), since }, { value });
    return value;
  }
}

/** Returns the options that decide what an import resolves to. */
function resolvingOptions({ alias, conditions, tsconfig, plugins, external }: UnitOptions): UnitOptions {
  const options = { alias, conditions, tsconfig, plugins, external };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Loads the worker thread when an import must be resolved: a warm synth needs none. */
function thread(): typeof BundleThread {
  return require('../bundler/bundle-thread.js') as typeof BundleThread;
}
