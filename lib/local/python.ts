import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emulatorFile } from './emulator-files.js';
import { LocalCloudError } from './errors.js';
import { type RunResult, run, tail } from './run.js';
import { installOnce, toolCache } from './tool-cache.js';

export interface Python {
  readonly command: string;
  readonly args: readonly string[];
  readonly version: string;
  readonly executable: string;
}

const PROBE =
  'import sys; print(".".join(map(str, sys.version_info[:3]))); print(getattr(sys, "_base_executable", sys.executable))';

/** Finds Python 3.10 or newer: TRELLIS_PYTHON, or the first of `python3`, `python` and `py -3`. */
export async function findPython(): Promise<Python> {
  const chosen = process.env.TRELLIS_PYTHON;
  const candidates: [string, ...string[]][] = chosen ? [[chosen]] : [['python3'], ['python'], ['py', '-3']];
  const outdated: string[] = [];
  for (const [command, ...args] of candidates) {
    const python = await probePython(command, args);
    if (!python) continue;
    const [major = 0, minor = 0] = python.version.split('.').map(Number);
    if (major === 3 && minor >= 10) return python;
    outdated.push(`${command} is Python ${python.version}`);
  }
  const problem = outdated.length > 0 ? outdated.join(', ') : `${chosen ?? 'python3'} was not found`;
  throw new LocalCloudError(
    `The local cloud needs Python 3.10 or newer, but ${problem}.\n` +
      'Install it (https://www.python.org/downloads/), or set TRELLIS_PYTHON to its path.',
  );
}

/** Returns the Python that a command starts; undefined if it starts none. */
export async function probePython(
  command: string,
  args: readonly string[] = [],
): Promise<Python | undefined> {
  const { code, stdout } = await run(command, [...args, '-c', PROBE]);
  const [version, executable] = stdout.trim().split(/\r?\n/);
  return code === 0 && version && executable ? { command, args, version, executable } : undefined;
}

/** Returns the Python with the pinned emulator, which is installed on the first call. */
export function installEmulator(log: (line: string) => void, signal?: AbortSignal): Promise<string> {
  return installPythonTools(emulatorFile('requirements.txt'), 'the local cloud', log, signal);
}

/**
 * Returns the Python of a virtual environment with the packages of a requirements file, which pins every package by
 * hash. The environment is installed on the first call; later calls need no network.
 */
export async function installPythonTools(
  requirements: string,
  title: string,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  return installIntoPython(await findPython(), { requirements, title, log, signal });
}

export interface PythonInstall {
  readonly requirements: string;
  /** Name of the installed software in messages. */
  readonly title: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Packages that are published only as source distributions. @default - none */
  readonly fromSource?: readonly string[];
  /** Compiles modules on their first use instead of at installation: few modules of large packages are used. @default false */
  readonly compileOnUse?: boolean;
}

/** Installs the packages into a virtual environment of the given Python. */
export async function installIntoPython(python: Python, options: PythonInstall): Promise<string> {
  const { requirements, title, log, signal, fromSource = [], compileOnUse } = options;
  const key = createHash('sha256')
    .update(readFileSync(requirements))
    .update(`${python.version} ${python.executable}`)
    .digest('hex')
    .slice(0, 16);
  const folder = await installOnce(join(toolCache(), `python-${key}`), 'bin/python', async (into) => {
    log(`Installing ${title} (once)`);
    const venv = await run(python.command, [...python.args, '-m', 'venv', into], { signal });
    if (venv.code !== 0) throw venvError(title, python, venv);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--no-deps'];
    const built = fromSource.length > 0 ? ['--no-binary', fromSource.join(',')] : [];
    const pins = ['--retries', '2', '--require-hashes', '--only-binary', ':all:', ...built];
    if (compileOnUse) pins.push('--no-compile');
    const installed = await run(
      join(into, 'bin', 'python'),
      [...pip, ...pins, '--requirement', requirements],
      {
        signal,
      },
    );
    if (installed.code !== 0) throw pipError(title, installed);
  });
  return join(folder, 'bin', 'python');
}

function venvError(title: string, python: Python, { stdout, stderr }: RunResult): LocalCloudError {
  const output = `${stdout}\n${stderr}`;
  if (!/ensurepip is not available|No module named '?(venv|ensurepip)/.test(output))
    return new LocalCloudError(
      `Python ${python.version} could not create a virtual environment:\n${tail(output.trim())}`,
    );
  const name = `python${python.version.split('.').slice(0, 2).join('.')}-venv`;
  return new LocalCloudError(
    `Installing ${title} needs Python's venv module, but ${python.executable} lacks it.\n` +
      `Install it (on Debian and Ubuntu: apt install ${name}), or set TRELLIS_PYTHON to another Python.`,
  );
}

const OFFLINE =
  /NewConnectionError|Temporary failure|Name or service|nodename|ConnectTimeout|Max retries|Network is unreachable/;

function pipError(title: string, { stdout, stderr }: RunResult): LocalCloudError {
  const output = `${stdout}\n${stderr}`;
  if (OFFLINE.test(output))
    return new LocalCloudError(
      `Installing ${title} needs the network, but the Python package index cannot be reached.\n` +
        'Connect for the first start (later starts need no network), or set PIP_INDEX_URL to an index you can reach.',
    );
  return new LocalCloudError(`The packages of ${title} could not be installed:\n${tail(output)}`);
}
