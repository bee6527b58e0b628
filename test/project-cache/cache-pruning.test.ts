import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Job } from '../../lib/bundler/bundle-thread.js';
import { pruneCache } from '../../lib/project-cache/cache-pruning.js';
import { Project, removeProjects } from '../function/project.js';
import { synthesized } from '../function/synthesized.js';

afterAll(removeProjects);

const DAY = 86_400_000;
const GIGABYTE = 1024 ** 3;

/** A project's cache after a synth, as it may be later. */
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

  /** Makes all that is there so many days old. */
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

  /** A folder that a synth of another branch has built. */
  addBuilt(name: string, days: number): void {
    const folder = join(this.folder, 'built', name);
    mkdirSync(folder);
    const then = new Date(Date.now() - days * DAY);
    utimesSync(folder, then, then);
  }

  /** As the next synth that has something to save, a day later, does. */
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
  it('loses what nobody has used for a month', () => {
    const cache = new UsedCache();
    cache.age(31);
    cache.prune();
    expect(cache.built).toEqual([]);
    expect(readdirSync(cache.folder).filter((name) => name.startsWith('index-'))).toEqual([]);
  });

  it('keeps what was used in the last month', () => {
    const cache = new UsedCache();
    const before = cache.built;
    cache.age(29);
    cache.prune();
    expect(cache.built).toEqual(before);
  });

  it('remembers the day that something is used, though nothing is built', () => {
    const cache = new UsedCache();
    const before = cache.built;
    cache.age(31);
    // The times of the files are those that the index has.
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

  it('loses folders that no index has, unless they are new: a synth is about to use them', () => {
    const cache = new UsedCache();
    const before = cache.built;
    cache.addBuilt(OTHER, 2);
    cache.addBuilt('b'.repeat(64), 0);
    cache.prune();
    expect(cache.built).toEqual([...before, 'b'.repeat(64)].sort());
  });

  it('loses what interrupted synths have left, unless they still run', () => {
    const cache = new UsedCache();
    const before = cache.built;
    cache.addBuilt(DRAFT, 2);
    cache.addBuilt(DRAFT.replace('.0', '.1'), 0);
    cache.prune();
    expect(cache.built).toEqual([DRAFT.replace('.0', '.1'), ...before]);
  });

  it('loses what was used least recently when there is more than a gigabyte', () => {
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

  it('keeps what was used today, however large it is', () => {
    const cache = new UsedCache();
    const before = cache.built;
    cache.changeEntries((entry) => ({
      ...entry,
      artifact: entry.artifact && { ...entry.artifact, bytes: GIGABYTE },
    }));
    cache.prune();
    expect(cache.built).toEqual(before);
  });

  it('is looked through once a day', () => {
    const cache = new UsedCache();
    cache.addBuilt(OTHER, 2);
    pruneCache(cache.folder);
    expect(cache.built).toContain(OTHER);
    cache.prune();
    expect(cache.built).not.toContain(OTHER);
  });

  it('works on when it was looked through', () => {
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
