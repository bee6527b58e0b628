import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fencesOf } from '../docs/fences.js';

const ROOT = join(__dirname, '../..');

/** Folder of the packed library, of the tools, and of one consumer per package manager. */
const PACKED = process.env.TRELLIS_PACKED as string;

/** The library as it would be published. */
export const TARBALL = process.env.TRELLIS_TARBALL as string;

/** The path of a file of a tool that before.cjs has installed. */
export const tool = (path: string) => join(PACKED, 'tools/node_modules', path);

const PNPM = [process.execPath, tool('pnpm/bin/pnpm.cjs')];
const YARN = [process.execPath, tool('@yarnpkg/cli-dist/bin/yarn.js')];

/** The commands by which each package manager adds packages and runs a command of a package. */
export const MANAGERS = {
  npm: { add: ['npm', 'install', '--no-audit', '--no-fund'], dev: '--save-dev', exec: ['npx', '--no', '--'] },
  pnpm: { add: [...PNPM, 'add'], dev: '-D', exec: [...PNPM, 'exec'] },
  yarn: { add: [...YARN, 'add'], dev: '-D', exec: YARN },
} as const;

export type Manager = keyof typeof MANAGERS;

/** The environment without the variables of this repository's tests. */
const { NODE_OPTIONS: _, NODE_ENV: __, ...ENVIRONMENT } = process.env;

/** Creates a folder outside the repository. */
export function newFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'shop-'));
  write(folder, files);
  return folder;
}

export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** @returns the output of the command. @throws Error with its output when it fails */
export function run(folder: string, command: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const [file = '', ...args] = command;
  const result = spawnSync(file, args, { cwd: folder, encoding: 'utf8', env: { ...ENVIRONMENT, ...env } });
  if (result.status === 0) return result.stdout;
  throw new Error(`${command.join(' ')}: ${result.status}\n${result.stdout}\n${result.stderr}`);
}

/** The files that a page of the documentation shows, by name. */
export function filesOf(page: string): Record<string, string> {
  const named = fencesOf(join(ROOT, page)).filter(({ info }) => info.startsWith('file='));
  return Object.fromEntries(named.map(({ info, text }) => [info.replace('file=', ''), text]));
}

/** The lines of the README's shell commands that create its app. */
const setup = (): string[] => {
  const shell = fencesOf(join(ROOT, 'README.md')).filter(({ language }) => language === 'sh');
  return shell.find(({ text }) => /^npm install /m.test(text))?.text.split('\n') ?? [];
};

/** The service of docs/your-own-app.md in the folder of the README's app. */
export function documentedApp(): Record<string, string> {
  const settings = setup().flatMap((line) => /^echo '(.+)' > cdk\.json$/.exec(line)?.[1] ?? []);
  if (settings.length !== 1) throw new Error('README.md does not write one cdk.json');
  return {
    ...filesOf('README.md'),
    ...filesOf('docs/your-own-app.md'),
    'cdk.json': settings[0] as string,
  };
}

/**
 * Yarn installs no bundled dependencies: it requests this one of aws-cdk-lib's from the registry, which has only other
 * versions. Only CDK's own validation calls it.
 */
const YARN_RESOLUTIONS = { '@aws/cloudformation-validate': '1.9.0-beta' };

/** A folder in which the manager has installed the README's packages and no others; installed once for all files. */
export function installedApp(manager: Manager): string {
  const folder = join(PACKED, `shop-${manager}`);
  if (existsSync(folder)) return folder;
  const resolutions = manager === 'yarn' && { resolutions: YARN_RESOLUTIONS };
  const manifest = JSON.stringify({ name: 'shop', version: '1.0.0', private: true, ...resolutions });
  write(folder, { 'package.json': manifest, ...(manager === 'yarn' && { 'yarn.lock': '' }) });
  const lines = setup().flatMap((line) => /^npm install (.+)$/.exec(line)?.[1] ?? []);
  if (lines.length === 0) throw new Error('README.md has no `npm install`');
  for (const line of lines) install(folder, manager, line.split(' '));
  return folder;
}

/** Adds packages; the packed library by its name or by the README's path of its file. */
export function install(folder: string, manager: Manager, args: readonly string[]): void {
  const packages = args.map((arg) => {
    if (arg === '--save-dev') return MANAGERS[manager].dev;
    return /(^|\/)cdk-trellis(-[\d.]+\.tgz)?$/.test(arg) ? `cdk-trellis@file:${TARBALL}` : arg;
  });
  run(folder, [...MANAGERS[manager].add, ...packages]);
}
