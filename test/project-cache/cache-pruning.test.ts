import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Job } from '../../lib/bundler/bundle-thread.js';
import { pruneCache } from '../../lib/project-cache/cache-pruning.js';
import { Project, removeProjects } from '../support/project.js';
import { synthesized } from '../support/synthesized.js';

afterAll(removeProjects);

const DAY = 86_400_000;
const GIGABYTE = 1024 ** 3;

/** A project's cache after a synth, with methods to age it. */
class UsedCache {
  readonly project = new Project({
    'lambda/main.ts': "import { string } from 'zod'; export const handler = async () => string().parse('x');",
  });
  readonly folder = this.project.path('node_modules/.cache/cdk-trellis');

  constructor() {
    this.synth();
  }

  synth(): void {
    synthesized(this.project);
  }

  /** Sets the age of all entries and files. */
  age(days: number): void {
    this.changeEntries((entry) => ({ ...entry, used: entry.used - days }));
    const then = new Date(Date.now() - days * DAY);
    for (const name of readdirSync(this.folder, { recursive: true, encoding: 'utf8' })) {
      utimesSync(join(this.folder, name), then, then);
    }
  }

  changeEntries(change: (entry: any, key: string) => object): void {
    const entries = Object.entries(JSON.parse(readFileSync(this.index, 'utf8')));
    const changed = entries.map(([key, entry]) => [key, change(entry, key)]);
    writeFileSync(this.index, JSON.stringify(Object.fromEntries(changed)));
  }

  /** Adds a folder as built by a synth of another branch. */
  addBuilt(name: string, days: number): void {
    const folder = join(this.folder, 'built', name);
    mkdirSync(folder);
    const then = new Date(Date.now() - days * DAY);
    utimesSync(folder, then, then);
  }

  /** Prunes as the next synth does that saves results a day later. */
  prune(): void {
    const yesterday = new Date(Date.now() - 1.1 * DAY);
    utimesSync(join(this.folder, 'pruned'), yesterday, yesterday);
    pruneCache(this.folder);
  }

  get index(): string {
    const name = readdirSync(this.folder).find((file) => file.startsWith('index-'));
    return join(this.folder, name ?? 'no index');
  }

  get built(): string[] {
    return readdirSync(join(this.folder, 'built')).sort();
  }
}

const OTHER = 'a'.repeat(64);
const DRAFT = '.01234567-89ab-4cde-8f01-23456789abcd';

describe('the cache', () => {
  it('removes results that were not used for a month', () => {
    const cache = new UsedCache();
    cache.age(31);
    cache.prune();
    expect(cache.built).toEqual([]);
    expect(readdirSync(cache.folder).filter((name) => name.startsWith('index-'))).toEqual([]);
  });

  it('keeps results that were used in the last month', () => {
    const cache = new UsedCache();
    const before = cache.built;
    cache.age(29);
    cache.prune();
    expect(cache.built).toEqual(before);
  });

  it('records the day of use, also if nothing is built', () => {
    const cache = new UsedCache();
    const before = cache.built;
    cache.age(31);
    // The files have the times that the index contains.
    const job = jest.spyOn(Job, 'project');
    cache.changeEntries((entry) => ({
      ...entry,
      artifact: entry.artifact && withTimes(cache, entry.artifact),
    }));
    cache.synth();
    expect(job).not.toHaveBeenCalled();
    cache.prune();
    expect(cache.built).toEqual(before);
  });

  it('removes folders that are in no index, unless they are new: a synth is about to use them', () => {
    const cache = new UsedCache();
    const before = cache.built;
    cache.addBuilt(OTHER, 2);
    cache.addBuilt('b'.repeat(64), 0);
    cache.prune();
    expect(cache.built).toEqual([...before, 'b'.repeat(64)].sort());
  });

  it('removes drafts of interrupted synths, but not of running ones', () => {
    const cache = new UsedCache();
    const before = cache.built;
    cache.addBuilt(DRAFT, 2);
    cache.addBuilt(DRAFT.replace('.0', '.1'), 0);
    cache.prune();
    expect(cache.built).toEqual([DRAFT.replace('.0', '.1'), ...before]);
  });

  it('removes the least recently used results above a gigabyte', () => {
    const cache = new UsedCache();
    const isFunction = (key: string) => key.startsWith('function ');
    let kept = '';
    cache.age(3);
    cache.changeEntries((entry, key) => {
      if (isFunction(key)) kept = entry.artifact.name;
      const used = entry.used + (isFunction(key) ? 2 : 0);
      return { ...entry, used, artifact: entry.artifact && { ...entry.artifact, bytes: 0.6 * GIGABYTE } };
    });
    cache.prune();
    expect(cache.built).toEqual([kept]);
  });

  it('keeps results that were used today, whatever their size', () => {
    const cache = new UsedCache();
    const before = cache.built;
    cache.changeEntries((entry) => ({
      ...entry,
      artifact: entry.artifact && { ...entry.artifact, bytes: GIGABYTE },
    }));
    cache.prune();
    expect(cache.built).toEqual(before);
  });

  it('is pruned once a day', () => {
    const cache = new UsedCache();
    cache.addBuilt(OTHER, 2);
    pruneCache(cache.folder);
    expect(cache.built).toContain(OTHER);
    cache.prune();
    expect(cache.built).not.toContain(OTHER);
  });

  it('is usable after pruning', () => {
    const cache = new UsedCache();
    cache.prune();
    const job = jest.spyOn(Job, 'project');
    job.mockClear();
    cache.synth();
    expect(job).not.toHaveBeenCalled();
  });
});

function withTimes(cache: UsedCache, artifact: any): object {
  const { statSync } = jest.requireActual('node:fs');
  const stamps = Object.entries(artifact.stamps as Record<string, [number, number]>).map(([path, [size]]) => [
    path,
    [size, statSync(join(cache.folder, 'built', path)).mtimeMs],
  ]);
  return { ...artifact, stamps: Object.fromEntries(stamps) };
}
