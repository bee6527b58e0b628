// Adds missing optional platform packages to the lockfile: npm writes only those that it could look up (npm/cli#4828),
// and then `npm ci` rejects the lockfile on another platform. `--check` only reports, as a part of the tests.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));

const OS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const CPU = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** Returns the platform in the name of a package: `@scope/name-linux-arm64-musl`. */
function platformOf(name) {
  const words = name.split(/[-/]/);
  return {
    os: OS.filter((os) => words.includes(os)),
    cpu: CPU.filter((cpu) => words.includes(cpu)),
    libc: words.includes('musl') ? ['musl'] : [],
  };
}

/** Looks a package up like Node.js: in the package's own node_modules, then in each parent's. */
function isInstalledFor(location, name) {
  for (let path = location; ; path = path.slice(0, path.lastIndexOf('node_modules/')).replace(/\/$/, '')) {
    if (`${path ? `${path}/` : ''}node_modules/${name}` in lock.packages) return true;
    if (!path) return false;
  }
}

const missing = {};
for (const [location, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isInstalledFor(location, name)) continue;
    const { os, cpu, libc } = platformOf(name);
    if (os.length === 0 && cpu.length === 0) continue;
    missing[`node_modules/${name}`] = {
      version,
      ...(cpu.length > 0 && { cpu }),
      ...(entry.dev && { dev: true }),
      ...(libc.length > 0 && { libc }),
      optional: true,
      ...(os.length > 0 && { os }),
    };
  }
}

const names = Object.keys(missing);
if (process.argv.includes('--check')) {
  for (const name of names)
    console.error(`package-lock.json lacks ${name}: run node scripts/complete-lockfile.mjs`);
  process.exitCode = names.length > 0 ? 1 : 0;
} else if (names.length > 0) {
  const { '': root, ...rest } = lock.packages;
  const sorted = Object.fromEntries(
    Object.entries({ ...rest, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  lock.packages = { '': root, ...sorted };
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`added ${names.length} platform packages`);
}
