import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Job } from '../../lib/bundler/bundle-thread.js';
import type { Unit } from '../../lib/bundler/worker/protocol.mjs';
import { Project, removeProjects } from '../support/project.js';

const store = mkdtempSync(join(tmpdir(), 'trellis-store-'));

afterAll(() => {
  removeProjects();
  rmSync(store, { recursive: true, force: true });
});

const project = new Project({
  'lambda/one.ts': 'export const handler = async () => 1;',
  'lambda/two.ts': 'export const handler = async () => 2;',
  'lambda/broken.ts': 'export const handler = ;',
});

const unit = (name: string): Unit => ({
  root: project.folder,
  entries: { index: project.path(`lambda/${name}.ts`) },
  layers: [],
  options: {},
  conditions: [],
  target: 'node24',
});

function hashOf(job: Job<{ artifact: { hash: string } }>): string {
  const outcome = job.wait();
  return 'result' in outcome ? outcome.result.artifact.hash : JSON.stringify(outcome.errors);
}

describe('the bundler thread', () => {
  it('works while the main thread continues', async () => {
    const folder = mkdtempSync(join(store, 'early-'));
    const job = Job.project({ store: folder, unit: unit('one') });
    const other = hashOf(Job.project({ store, unit: unit('one') }));
    // Both were in one run, although only the second was waited for.
    expect(existsSync(join(folder, `${other}.zip`))).toBe(true);
    expect(hashOf(job)).toBe(other);
  });

  it('returns the outcome of each job, in any order of waiting', () => {
    const jobs = ['one', 'broken', 'two'].map((name) => Job.project({ store, unit: unit(name) }));
    const [two, broken, one] = jobs.reverse().map(hashOf);
    expect(broken).toContain('lambda/broken.ts:1:24: Unexpected \\";\\"');
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(two).toMatch(/^[0-9a-f]{64}$/);
    expect(one).not.toBe(two);
  });

  it('stops when idle, and a new one is started on demand', async () => {
    const before = hashOf(Job.project({ store, unit: unit('one') }));
    await setTimeout(3000);
    expect(hashOf(Job.project({ store, unit: unit('one') }))).toBe(before);
  });

  it('reports when it cannot write to its store', () => {
    project.write('file', '');
    const job = Job.project({ store: project.path('file/in/a/file'), unit: unit('one') });
    expect(hashOf(job)).toContain('ENOTDIR');
  });
});
