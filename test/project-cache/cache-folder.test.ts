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
import { Project, removeProjects } from '../function/project.js';
import { synthesized } from '../function/synthesized.js';

const HANDLER = { 'lambda/main.ts': 'export const handler = async () => 1;' };

/** The system's temporary folder, for each test one of its own. */
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

/** A project whose `node_modules/.cache` cannot be written to, whoever runs this. */
function shut(): Project {
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

  it('is a temporary one, found again, where that cannot be written to', () => {
    const project = shut();
    const folder = cacheFolder(project.folder);
    expect(isTemporary(folder)).toBe(true);
    expect(cacheFolder(project.folder)).toBe(folder);
    expect(cacheFolder(shut().folder)).not.toBe(folder);
  });

  it('is a temporary one where something is in the way of what is built', () => {
    const project = new Project();
    project.write('node_modules/.cache/cdk-trellis/built', 'a file in the way');
    expect(isTemporary(cacheFolder(project.folder))).toBe(true);
  });

  it("is a temporary one in a project without node_modules, as with Yarn's Plug'n'Play", () => {
    const project = new Project();
    rmSync(project.path('node_modules'), { recursive: true });
    expect(isTemporary(cacheFolder(project.folder))).toBe(true);
    expect(existsSync(project.path('node_modules'))).toBe(false);
  });

  it.each<[string, (folder: string) => void]>([
    ['that others may write to', (folder) => chmodSync(folder, 0o777)],
    [
      'that is a link, to wherever',
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
  ])('is never a temporary one %s', (_, change) => {
    const project = shut();
    const usual = cacheFolder(project.folder);
    change(join(usual, '..'));
    const other = cacheFolder(project.folder);
    expect(other).not.toBe(usual);
    expect(isTemporary(other)).toBe(true);
  });
});

it('a project is bundled without a writable node_modules/.cache, and from the cache the next time', () => {
  const job = jest.spyOn(Job, 'project');
  const project = shut();
  const first = synthesized(project).text;
  expect(synthesized(project).text).toBe(first);
  expect(job).toHaveBeenCalledTimes(1);
  expect(readdirSync(temporary)).toContain(`cdk-trellis-${process.getuid?.()}`);
});
