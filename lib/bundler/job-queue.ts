import type { Cache } from '../project-cache/cache.js';
import type { Job } from './bundle-thread.js';
import type { Artifact, BuildError, BuildResult, Findings } from './worker/protocol.mjs';

/** What was built, and what was found out by it. */
export interface Finished {
  readonly artifact: Artifact;
  readonly findings: Findings;
}

/** What could not be built. */
export interface Failure {
  readonly key: string;
  readonly errors: readonly BuildError[];
}

/** Things that are built once, by key: taken from the cache of their project, or built in another thread. */
export class Work {
  private readonly finished = new Map<string, Finished>();
  private readonly jobs = new Map<string, { readonly cache: Cache; readonly job: Job<BuildResult> }>();
  private built: {
    readonly key: string;
    readonly cache: Cache;
    readonly since: number;
    readonly result: BuildResult;
  }[] = [];

  /** Looks it up, or has it built while this thread goes on. */
  public begin(key: string, cache: Cache, build: () => Job<BuildResult>): void {
    if (this.finished.has(key) || this.jobs.has(key)) return;
    const known = cache.get<Findings>(key);
    if (known?.artifact) this.finished.set(key, { artifact: known.artifact, findings: known.value });
    else this.jobs.set(key, { cache, job: build() });
  }

  public get(key: string): Finished | undefined {
    return this.finished.get(key);
  }

  /** Waits for all that was begun. */
  public finish(): Failure[] {
    const failures: Failure[] = [];
    for (const [key, { cache, job }] of this.jobs) {
      const outcome = job.finish();
      this.jobs.delete(key);
      if ('errors' in outcome) {
        failures.push({ key, errors: outcome.errors });
        continue;
      }
      const { result } = outcome;
      this.finished.set(key, { artifact: result.artifact, findings: result.findings });
      this.built.push({ key, cache, since: job.since, result });
    }
    return failures;
  }

  /** Puts what was built into the caches: while the other thread works on, for many files are looked at. */
  public remember(): void {
    // They may have been saved since the work began.
    for (const cache of new Set(this.built.map((one) => one.cache))) cache.refresh();
    for (const { key, cache, since, result } of this.built) {
      const { artifact, findings, inputs, absent } = result;
      cache.set(key, { inputs, absent, since }, { artifact, value: findings });
    }
    this.built = [];
  }
}
