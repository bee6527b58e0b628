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

/** A Python 3.10 or newer: TRELLIS_PYTHON, or the first of the usual commands. */
export async function findPython(): Promise<Python> {
  const chosen = process.env.TRELLIS_PYTHON;
  const candidates: [string, ...string[]][] = chosen ? [[chosen]] : [['python3'], ['python'], ['py', '-3']];
  const found: string[] = [];
  for (const [command, ...args] of candidates) {
    const python = await probePython(command, args);
    if (!python) continue;
    const [major = 0, minor = 0] = python.version.split('.').map(Number);
    if (major === 3 && minor >= 10) return python;
    found.push(`${command} is Python ${python.version}`);
  }
  const given = found.length > 0 ? found.join(', ') : `${chosen ?? 'python3'} was not found`;
  throw new LocalCloudError(
    `The local cloud needs Python 3.10 or newer, but ${given}.\n` +
      'Install it (https://www.python.org/downloads/), or set TRELLIS_PYTHON to the path of one.',
  );
}

/** The Python that a command starts, if it does. */
export async function probePython(
  command: string,
  args: readonly string[] = [],
): Promise<Python | undefined> {
  const { code, stdout } = await run(command, [...args, '-c', PROBE]);
  const [version, executable] = stdout.trim().split(/\r?\n/);
  return code === 0 && version && executable ? { command, args, version, executable } : undefined;
}

/** The Python that has the pinned emulator; installs it the first time. */
export function installEmulator(log: (line: string) => void, signal?: AbortSignal): Promise<string> {
  return installPythonTools(emulatorFile('requirements.txt'), 'the local cloud', log, signal);
}

/**
 * The Python of an environment of its own, for what a requirements file pins: every package, with its
 * hashes. It is installed the first time; later calls need no network.
 */
export async function installPythonTools(
  requirements: string,
  what: string,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  return installIntoPython(await findPython(), { requirements, what, log, signal });
}

export interface PythonInstall {
  readonly requirements: string;
  /** What is installed, for people. */
  readonly what: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Packages that are published as sources only. */
  readonly fromSource?: readonly string[];
  /** Whether modules are compiled when they are first used: of large packages few ever are. @default false */
  readonly compiledOnUse?: boolean;
}

/** The same, of a Python that was chosen. */
export async function installIntoPython(python: Python, options: PythonInstall): Promise<string> {
  const { requirements, what, log, signal, fromSource = [], compiledOnUse } = options;
  const key = createHash('sha256')
    .update(readFileSync(requirements))
    .update(`${python.version} ${python.executable}`)
    .digest('hex')
    .slice(0, 16);
  const folder = await installOnce(join(toolCache(), `python-${key}`), 'bin/python', async (into) => {
    log(`Installing ${what} (once)`);
    const venv = await run(python.command, [...python.args, '-m', 'venv', into], { signal });
    if (venv.code !== 0) throw venvError(what, python, venv);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--no-deps'];
    const built = fromSource.length > 0 ? ['--no-binary', fromSource.join(',')] : [];
    const pins = ['--retries', '2', '--require-hashes', '--only-binary', ':all:', ...built];
    if (compiledOnUse) pins.push('--no-compile');
    const installed = await run(
      join(into, 'bin', 'python'),
      [...pip, ...pins, '--requirement', requirements],
      {
        signal,
      },
    );
    if (installed.code !== 0) throw pipError(what, installed);
  });
  return join(folder, 'bin', 'python');
}

function venvError(what: string, python: Python, { stdout, stderr }: RunResult): LocalCloudError {
  const output = `${stdout}\n${stderr}`;
  if (!/ensurepip is not available|No module named '?(venv|ensurepip)/.test(output))
    return new LocalCloudError(
      `Python ${python.version} could not make a virtual environment:\n${tail(output.trim())}`,
    );
  const name = `python${python.version.split('.').slice(0, 2).join('.')}-venv`;
  return new LocalCloudError(
    `Installing ${what} needs Python's venv module, but ${python.executable} lacks it.\n` +
      `Install it (on Debian and Ubuntu: apt install ${name}), or set TRELLIS_PYTHON to another Python.`,
  );
}

const OFFLINE =
  /NewConnectionError|Temporary failure|Name or service|nodename|ConnectTimeout|Max retries|Network is unreachable/;

function pipError(what: string, { stdout, stderr }: RunResult): LocalCloudError {
  const output = `${stdout}\n${stderr}`;
  if (OFFLINE.test(output))
    return new LocalCloudError(
      `Installing ${what} needs the network, but the Python package index does not answer.\n` +
        'Connect for the first start (later ones need none), or set PIP_INDEX_URL to an index you can reach.',
    );
  return new LocalCloudError(`The packages of ${what} could not be installed:\n${tail(output)}`);
}
