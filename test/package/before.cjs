// Packs the library and installs the tools that the tests call, once for all files.
const { execFileSync } = require('node:child_process');
const { mkdtempSync } = require('node:fs');
const { join } = require('node:path');
const temporary = require('../temporary.cjs');

const root = join(__dirname, '../..');

/** Exact versions: a test fails because of this library, never because of a release of a tool. */
const TOOLS = ['publint@0.3.25', '@arethetypeswrong/cli@0.18.5', 'pnpm@10.34.9', '@yarnpkg/cli-dist@4.18.1'];

const QUIET = ['--silent', '--no-save', '--no-audit', '--no-fund'];

module.exports = () => {
  temporary.setup();
  const folder = mkdtempSync(join(process.env.TMPDIR, 'packed-'));
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
  const npm = (...args) => execFileSync('npm', args, { cwd: root, encoding: 'utf8' }).trim();
  const packed = npm('pack', '--silent', '--ignore-scripts', '--pack-destination', folder);
  npm('install', ...QUIET, '--prefix', join(folder, 'tools'), ...TOOLS);
  process.env.TRELLIS_PACKED = folder;
  process.env.TRELLIS_TARBALL = join(folder, packed.split('\n').pop());
};
