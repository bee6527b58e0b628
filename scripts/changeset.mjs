// Changes between releases, with the libraries of changesets. Their command line does not find the package at the root
// of a project with workspaces, so this script passes it:
//   npm run changeset -- minor "Renames x to y"   adds a change to .changeset
//   npm run changeset -- status                   prints the changes and the next version
//   npm run changeset -- version                  moves them to CHANGELOG.md and sets the version
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as apply from '@changesets/apply-release-plan';
import * as assemble from '@changesets/assemble-release-plan';
import * as config from '@changesets/config';
import * as read from '@changesets/read';
import * as write from '@changesets/write';

const root = resolve(process.env.TRELLIS_CHANGESET_ROOT ?? fileURLToPath(new URL('..', import.meta.url)));
const BUMPS = ['patch', 'minor', 'major'];
const USAGE = 'Usage: npm run changeset -- patch|minor|major "What changes for users", or status, or version';

const readJson = (name) => JSON.parse(readFileSync(join(root, name), 'utf8'));
/** Returns the default export of a CommonJS module, which Node.js nests. */
const defaultOf = (module) => module.default.default ?? module.default;

const manifest = readJson('package.json');
const package_ = { dir: root, packageJson: manifest };
const packages = { root: package_, packages: [package_], tool: 'root' };

async function releasePlan() {
  const changesets = await defaultOf(read)(root);
  return defaultOf(assemble)(changesets, packages, await config.read(root, packages), undefined);
}

async function addChange(bump, summary) {
  const id = await defaultOf(write)({ summary, releases: [{ name: manifest.name, type: bump }] }, root);
  console.log(`.changeset/${id}.md`);
}

async function printStatus() {
  const { changesets, releases } = await releasePlan();
  for (const { id, summary, releases: bumps } of changesets) {
    console.log(`${bumps.map(({ type }) => type).join()}  ${summary.split('\n')[0]} (.changeset/${id}.md)`);
  }
  console.log(releases.length > 0 ? `next version: ${releases[0].newVersion}` : 'no changes');
}

async function applyVersion() {
  const plan = await releasePlan();
  if (plan.releases.length === 0) throw new Error('.changeset has no changes to release');
  await defaultOf(apply)(plan, packages, await config.read(root, packages));
  const lock = readJson('package-lock.json');
  const { newVersion } = plan.releases[0];
  lock.version = newVersion;
  lock.packages[''].version = newVersion;
  writeFileSync(join(root, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
  console.log(newVersion);
}

async function main([action, ...words]) {
  if (BUMPS.includes(action) && words.length === 1) await addChange(action, words[0]);
  else if (action === 'status' && words.length === 0) await printStatus();
  else if (action === 'version' && words.length === 0) await applyVersion();
  else throw new Error(USAGE);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
