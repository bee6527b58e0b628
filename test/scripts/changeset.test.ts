import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const script = (name: string) => join(root, 'scripts', name);

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'trellis-changeset-'));
  for (const name of ['package.json', 'package-lock.json', 'CHANGELOG.md', '.changeset/config.json'])
    cpSync(join(root, name), join(project, name));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

const read = (name: string) => readFileSync(join(project, name), 'utf8');
const env = () => ({ ...process.env, TRELLIS_CHANGESET_ROOT: project });
const changeset = (...words: string[]) =>
  execFileSync(process.execPath, [script('changeset.mjs'), ...words], { encoding: 'utf8', env: env() });

it('a noted change is in the next version and its changelog, and then no longer pending', () => {
  changeset('minor', 'Renames `a` to `b`.');
  expect(changeset('status')).toContain('minor  Renames `a` to `b`.');
  const [major, minor] = JSON.parse(read('package.json')).version.split('.').map(Number);
  const next = `${major}.${minor + 1}.0`;
  expect(changeset('version').trim()).toBe(next);
  expect(read('CHANGELOG.md')).toMatch(/^# Changelog\n\n## \d/);
  expect(read('CHANGELOG.md')).toContain(`## ${next}\n\n### Minor Changes\n\n- Renames \`a\` to \`b\`.`);
  expect(JSON.parse(read('package.json')).version).toBe(next);
  const lock = JSON.parse(read('package-lock.json'));
  expect([lock.version, lock.packages[''].version]).toEqual([next, next]);
  expect(readdirSync(join(project, '.changeset'))).toEqual(['config.json']);
});

it('only known bumps with a text are noted', () => {
  const { status, stderr } = spawnSync(process.execPath, [script('changeset.mjs'), 'huge', 'x'], {
    encoding: 'utf8',
    env: env(),
  });
  expect(status).toBe(1);
  expect(stderr).toContain('Usage: npm run changeset -- patch|minor|major');
});

it('the changes that are noted in this repository can be released', () => {
  expect(() =>
    execFileSync(process.execPath, [script('changeset.mjs'), 'status'], { cwd: root }),
  ).not.toThrow();
});

it('a release needs its tag, its changelog, no pending change, and a repository', () => {
  changeset('patch', 'Repairs x.');
  const check = (tag: string) =>
    spawnSync(process.execPath, [script('check-release.mjs'), tag, project], { encoding: 'utf8' });
  const { status, stderr } = check('v9.9.9');
  expect(status).toBe(1);
  expect(stderr).toContain('the tag must be v');
  expect(stderr).toContain('.changeset has');
  if (!JSON.parse(read('package.json')).repository) expect(stderr).toContain('`repository` in package.json');
  const version = changeset('version').trim();
  const after = check(`v${version}`).stderr;
  expect(after).not.toContain('tag');
  expect(after).not.toContain('changelog');
  expect(after).not.toContain('.changeset');
});
