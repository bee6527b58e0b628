import type { IConstruct } from 'constructs';
import { Cache } from './cache.js';

const cachesOfApps = new WeakMap<IConstruct, ProjectCaches>();

/** Caches of the projects whose code an app uses: one for each project root. */
export class ProjectCaches {
  /** Returns the caches of the app that a construct belongs to. */
  static of(scope: IConstruct): ProjectCaches {
    const app = scope.node.root;
    const caches = cachesOfApps.get(app) ?? new ProjectCaches();
    cachesOfApps.set(app, caches);
    return caches;
  }

  private readonly caches = new Map<string, Cache>();

  /** Returns the cache of the project whose root folder this is. */
  public at(root: string): Cache {
    const cache = this.caches.get(root) ?? new Cache(root);
    this.caches.set(root, cache);
    return cache;
  }

  /** Writes all caches to disk. */
  public save(): void {
    for (const cache of this.caches.values()) cache.save();
  }
}
