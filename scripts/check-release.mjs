// Fails the release workflow before it publishes if the tag, the version, the changelog and the URLs in package.json are
// inconsistent: `node scripts/check-release.mjs v1.2.3`.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(process.argv[3] ?? fileURLToPath(new URL('..', import.meta.url)));
const read = (name) => readFileSync(join(root, name), 'utf8');
const { version, repository } = JSON.parse(read('package.json'));
const tag = process.argv[2] ?? '';
const pending = existsSync(join(root, '.changeset'))
  ? readdirSync(join(root, '.changeset')).filter((name) => name.endsWith('.md') && name !== 'README.md')
  : [];

const errors = [
  tag !== `v${version}` && `the tag must be v${version}, the version in package.json, got "${tag}"`,
  !repository && '`repository` in package.json is required: npm compares provenance with it',
  pending.length > 0 && `.changeset has ${pending.join(', ')}: run npm run changeset -- version`,
  !read('CHANGELOG.md').includes(`\n## ${version}\n`) && `CHANGELOG.md must have a section ## ${version}`,
].filter(Boolean);
for (const error of errors) console.error(error);
process.exitCode = errors.length > 0 ? 1 : 0;
