// Prerequisites of all other scripts. Imports only modules of Node.js, because it runs in a fresh clone.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NODE = [20, 19];
const PYTHON = [3, 10];

/**
 * Checks Node.js and Python, and installs the packages of the lockfile unless they are installed. Takes milliseconds
 * if everything is installed.
 *
 * @param {{ root?: string, python?: boolean, log?: (line: string) => void }} [options]
 *   `python: false` if the local cloud is not used
 */
export async function prepare({ root = ROOT, python = true, log = console.log } = {}) {
  checkNode(process.versions.node);
  const stamp = `${root}/node_modules/.trellis-installed`;
  const current = fingerprint(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === current && isComplete(root)) return;

  // Once per installation: the local cloud checks Python again when it needs it.
  if (python) checkPython();
  log('Installing packages (npm ci)');
  await install(root);
  writeFileSync(stamp, current);
}

/** Runs `prepare`; prints the message of an error without a stack trace, and exits. @type {typeof prepare} */
export async function prepareOrExit(options) {
  try {
    await prepare(options);
  } catch (error) {
    console.error(`\n${error.message}`);
    process.exit(1);
  }
}

/** @param {string} version */
export function checkNode(version) {
  if (isAtLeast(version, NODE)) return;
  throw new Error(
    `Node.js ${NODE.join('.')} or newer is needed, but this is ${version}.\nInstall a newer one: https://nodejs.org/`,
  );
}

export function checkPython() {
  const chosen = process.env.TRELLIS_PYTHON;
  /** @type {[string, ...string[]][]} */
  const candidates = chosen ? [[chosen]] : [['python3'], ['python'], ['py', '-3']];
  const outdated = [];
  for (const [command, ...args] of candidates) {
    const probe = [...args, '-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])'];
    const { status, stdout } = spawnSync(command, probe, { encoding: 'utf8' });
    const [version = ''] = stdout?.trim().split(/\r?\n/) ?? [];
    if (status !== 0 || version === '') continue;
    if (isAtLeast(version, PYTHON)) return;
    outdated.push(`${command} is Python ${version}`);
  }
  throw new Error(
    `Python ${PYTHON.join('.')} or newer is needed for the local cloud, but ` +
      `${outdated.join(', ') || `${chosen ?? 'python3'} was not found`}.\n` +
      'Install it (https://www.python.org/downloads/), or set TRELLIS_PYTHON to its path.',
  );
}

/** @param {string} version @param {number[]} minimum */
function isAtLeast(version, [major, minor]) {
  const [actualMajor = 0, actualMinor = 0] = version.split('.').map(Number);
  return actualMajor > major || (actualMajor === major && actualMinor >= minor);
}

/** Returns the key of installed packages: the lockfile, and for compiled packages the major of Node.js. @param {string} root */
function fingerprint(root) {
  const lockfile = readFileSync(`${root}/package-lock.json`);
  const major = process.versions.node.split('.')[0];
  return createHash('sha256')
    .update(lockfile)
    .update(`node ${major} ${process.platform} ${process.arch}`)
    .digest('hex');
}

/** Returns true if no package was deleted since the installation. @param {string} root */
function isComplete(root) {
  const { packages = {} } = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8'));
  return Object.entries(packages).every(
    ([location, { optional }]) =>
      optional || !location.startsWith('node_modules/') || existsSync(`${root}/${location}/package.json`),
  );
}

const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED|network/i;

const FAST_RETRIES = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];

/** @param {string} root @returns {Promise<void>} */
function install(root) {
  // npm shows its progress itself on a terminal.
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', ...FAST_RETRIES], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return new Promise((resolve, reject) => {
    npm.on('error', (error) =>
      reject(
        new Error(
          `npm is needed, but could not be started: ${error.message}\nIt comes with Node.js: https://nodejs.org/`,
        ),
      ),
    );
    npm.on('close', (code) => {
      if (code === 0) resolve();
      else reject(isOffline(root) ? offline() : new Error(`npm ci failed (exit code ${code}); see above.`));
    });
  });
}

/** @param {string} root */
function isOffline(root) {
  const ping = spawnSync('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=5000'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  return ping.status !== 0 && OFFLINE.test(ping.stderr ?? '');
}

function offline() {
  return new Error(
    'The packages cannot be downloaded: the npm registry cannot be reached.\n' +
      'Connect to the network once; later runs need no network.',
  );
}
