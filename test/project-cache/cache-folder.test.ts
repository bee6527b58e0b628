import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { Job } from '../../lib/bundler/bundle-thread.js';
import { cacheFolder } from '../../lib/project-cache/cache-folder.js';
import { Project, removeProjects } from '../support/project.js';
import { synthesized } from '../support/synthesized.js';

const HANDLER = { 'lambda/main.ts': 'export const handler = async () => 1;' };

/** The system's temporary folder, a separate one for each test. */
let temporary: string;

beforeEach(() => {
  temporary = mkdtempSync(join(os.tmpdir(), 'trellis-tmp-'));
  jest.spyOn(os, 'tmpdir').mockReturnValue(temporary);
});

afterEach(() => {
  jest.restoreAllMocks();
  removeProjects();
  rmSync(temporary, { recursive: true, force: true });
});

/** Returns a project whose `node_modules/.cache` is not writable for any user. */
function readOnlyProject(): Project {
  const project = new Project(HANDLER);
  project.write('node_modules/.cache', 'a file in the way');
  return project;
}

const isTemporary = (folder: string) => folder.startsWith(join(temporary, 'cdk-trellis-'));

describe('the folder of the cache', () => {
  it("is the project's node_modules/.cache", () => {
    const project = new Project();
    expect(cacheFolder(project.folder)).toBe(project.path('node_modules/.cache/cdk-trellis'));
  });

  it('is a temporary folder, found again, if that is not writable', () => {
    const project = readOnlyProject();
    const folder = cacheFolder(project.folder);
    expect(isTemporary(folder)).toBe(true);
    expect(cacheFolder(project.folder)).toBe(folder);
    expect(cacheFolder(readOnlyProject().folder)).not.toBe(folder);
  });

  it('is a temporary folder if a file blocks the store', () => {
    const project = new Project();
    project.write('node_modules/.cache/cdk-trellis/built', 'a file in the way');
    expect(isTemporary(cacheFolder(project.folder))).toBe(true);
  });

  it("is a temporary folder in a project without node_modules, as with Yarn's Plug'n'Play", () => {
    const project = new Project();
    rmSync(project.path('node_modules'), { recursive: true });
    expect(isTemporary(cacheFolder(project.folder))).toBe(true);
    expect(existsSync(project.path('node_modules'))).toBe(false);
  });

  it.each<[string, (folder: string) => void]>([
    ['that other users can write to', (folder) => chmodSync(folder, 0o777)],
    [
      'that is a link',
      (folder) => {
        rmSync(folder, { recursive: true });
        mkdirSync(join(temporary, 'elsewhere'));
        symlinkSync(join(temporary, 'elsewhere'), folder);
      },
    ],
    [
      'that is a file',
      (folder) => {
        rmSync(folder, { recursive: true });
        writeFileSync(folder, '');
      },
    ],
  ])('is never a temporary folder %s', (_, change) => {
    const project = readOnlyProject();
    const usual = cacheFolder(project.folder);
    change(join(usual, '..'));
    const other = cacheFolder(project.folder);
    expect(other).not.toBe(usual);
    expect(isTemporary(other)).toBe(true);
  });
});

it('a project without a writable node_modules/.cache is bundled, and read from the cache the next time', () => {
  const job = jest.spyOn(Job, 'project');
  const project = readOnlyProject();
  const first = synthesized(project).text;
  expect(synthesized(project).text).toBe(first);
  expect(job).toHaveBeenCalledTimes(1);
  expect(readdirSync(temporary)).toContain(`cdk-trellis-${process.getuid?.()}`);
});
