import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(__dirname, '../..');
const installed = join(root, 'node_modules');

/** Builds and packs the library; the folder of what npm would install. */
export function packedLibrary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trellis-package-'));
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'pipe' });
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  execFileSync('tar', ['-xzf', packed.trim()], { cwd: folder });
  return join(folder, 'package');
}

/** Creates a user's project with these files, which has installed the packed library. */
export function consumerProject(library: string, files: Readonly<Record<string, string>>): string {
  const project = mkdtempSync(join(tmpdir(), 'trellis-consumer-'));
  mkdirSync(join(project, 'node_modules'));
  for (const name of readdirSync(installed)) {
    if (!name.startsWith('.') && name !== 'cdk-trellis') {
      symlinkSync(join(installed, name), join(project, 'node_modules', name));
    }
  }
  execFileSync('cp', ['-r', library, join(project, 'node_modules/cdk-trellis')]);
  const compilerOptions = {
    target: 'es2023',
    module: 'preserve',
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
  };
  const all = {
    'package.json': '{ "name": "consumer", "private": true }',
    'package-lock.json': '{ "lockfileVersion": 3, "packages": {} }',
    'tsconfig.json': JSON.stringify({ compilerOptions, include: ['**/*.ts'] }),
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), text);
  }
  return project;
}

/** Returns the compiler's errors in the project; empty if it compiles. */
export function compile(project: string): string {
  const { stdout } = spawnSync(join(installed, '.bin/tsc'), ['--pretty', 'false'], {
    cwd: project,
    encoding: 'utf8',
  });
  return stdout;
}

/** Runs a file of the project as `cdk synth` does, and returns what it prints. */
export function runApp(project: string, file: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', file], {
    cwd: project,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
