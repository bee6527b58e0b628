import type { Cache } from '../project-cache/cache.js';
import type { Job } from './bundle-thread.js';
import type { Artifact, BuildError, BuildResult, Findings } from './worker/protocol.mjs';

/** The artifact of a build and what the build found out. */
export interface Finished {
  readonly artifact: Artifact;
  readonly findings: Findings;
}

/** The errors of a failed build. */
export interface Failure {
  readonly key: string;
  readonly errors: readonly BuildError[];
}

/** Builds by key, each done once: read from the project's cache, or submitted to the worker thread. */
export class JobQueue {
  private readonly finished = new Map<string, Finished>();
  private readonly jobs = new Map<string, { readonly cache: Cache; readonly job: Job<BuildResult> }>();
  private built: {
    readonly key: string;
    readonly cache: Cache;
    readonly since: number;
    readonly result: BuildResult;
  }[] = [];

  /** Reads the build from the cache, or submits it to the worker thread. */
  public submit(key: string, cache: Cache, build: () => Job<BuildResult>): void {
    if (this.finished.has(key) || this.jobs.has(key)) return;
    const cached = cache.get<Findings>(key);
    if (cached?.artifact) this.finished.set(key, { artifact: cached.artifact, findings: cached.value });
    else this.jobs.set(key, { cache, job: build() });
  }

  public get(key: string): Finished | undefined {
    return this.finished.get(key);
  }

  /** Waits for all submitted jobs and returns the failures. */
  public wait(): Failure[] {
    const failures: Failure[] = [];
    for (const [key, { cache, job }] of this.jobs) {
      const outcome = job.wait();
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

  /** Writes finished builds to the caches. Called while the worker continues: it hashes many files. */
  public persist(): void {
    // Files may have been saved since the jobs started.
    for (const cache of new Set(this.built.map(({ cache }) => cache))) cache.refresh();
    for (const { key, cache, since, result } of this.built) {
      const { artifact, findings, inputs, absent } = result;
      cache.set(key, { inputs, absent, since }, { artifact, value: findings });
    }
    this.built = [];
  }
}
