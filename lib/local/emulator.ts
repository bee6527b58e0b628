import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { callControl } from './control.js';
import { emulatorFile } from './emulator-files.js';
import { createCredentials, emulatorEnvironment } from './environment.js';
import { LocalCloudError } from './errors.js';
import type { Instance } from './instance.js';

import { PRIVATE_FILE, privateFolder } from './private-files.js';
import type { ProjectState } from './project-state.js';
import { findRunning } from './project-state.js';
import { replacePort } from './replace-port.js';
import { tail } from './run.js';
import { createStopReport, type LoadedState, type StopReport } from './stop-report.js';
import { requestStop } from './stop-request.js';

const START_TIMEOUT_MS = 30_000;
const SAVE_TIMEOUT_MS = 60_000;
/** Time until a stopped emulator is killed. Its data is already saved; only an abandoned operation takes longer. */
const EXIT_TIMEOUT_MS = 4_000;

/** Reason of the end of an emulator that was stopped. */
export const CLEAN_END = 'exit code 0';

/** A started emulator, with the promise of its end. */
export interface StartedEmulator {
  readonly instance: Instance;
  readonly ended: Promise<string>;
  /** State of the last emulator. */
  readonly loaded: LoadedState;
}

export async function startEmulator(
  python: string,
  port: number,
  state: ProjectState,
  attached: boolean,
  signal?: AbortSignal,
): Promise<StartedEmulator> {
  writeFileSync(state.denialsFile, '', { mode: PRIVATE_FILE });
  replacePort(state.dataDir, port);
  removeScratch(state.read());
  const instance = randomUUID();
  const token = randomBytes(32).toString('base64url');
  const credentials = createCredentials();
  privateFolder(scratchDir(instance));
  const env = emulatorEnvironment({
    port,
    instance,
    token,
    credentials,
    attached,
    dataDir: state.dataDir,
    scratchDir: scratchDir(instance),
    nodesFile: state.nodesFile,
    sdkFile: state.sdkFile,
    denialsFile: state.denialsFile,
  });
  const log = openSync(state.logFile, 'w', PRIVATE_FILE);
  // A separate process group: Ctrl-C in the terminal must not reach the emulator or its functions before the stop.
  const child = spawn(python, ['-B', emulatorFile('launcher.py')], {
    env,
    detached: true,
    cwd: state.folder,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  if (!attached) child.unref();

  const ended = endOf(child);
  const startedAt = new Date().toISOString();
  const started: Instance = { instance, pid: child.pid ?? 0, port, startedAt, token, credentials };
  let loaded: LoadedState;
  try {
    await untilReady(started, ended, python, state, signal);
    loaded = (await (
      await callControl(started, '/_trellis/loaded', { timeout: 10_000 })
    ).json()) as LoadedState;
  } catch (error) {
    child.kill('SIGKILL');
    removeScratch(started);
    throw error;
  }
  state.write(started);
  return { instance: started, ended, loaded };
}

/** Returns the folder for the code of functions: outside of the project, so that they cannot import its node_modules. */
function scratchDir(instance: string): string {
  return join(tmpdir(), `trellis-${instance}`);
}

function removeScratch(last: Instance | undefined): void {
  if (last) rmSync(scratchDir(last.instance), { recursive: true, force: true });
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, killedBy) => resolve(killedBy ? `killed by ${killedBy}` : `exit code ${code}`));
  });
}

async function untilReady(
  instance: Instance,
  ended: Promise<string>,
  python: string,
  state: ProjectState,
  signal?: AbortSignal,
): Promise<void> {
  let end: string | undefined;
  ended.then((reason) => {
    end = reason;
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await findRunning(instance))) {
    signal?.throwIfAborted();
    if (end === undefined && Date.now() < deadline) {
      await sleep(30);
      continue;
    }
    const problem = end
      ? `ended while starting (${end})`
      : `did not start within ${START_TIMEOUT_MS / 1000} s`;
    const log = readFileSync(state.logFile, 'utf8');
    assertDataLoaded(log, state);
    const missing = /(ModuleNotFoundError|ImportError): .*/.exec(log)?.[0];
    throw new LocalCloudError(
      missing
        ? `The local cloud's installation is damaged (${missing}).\n` +
            `Delete it, and start again: rm -r '${dirname(dirname(python))}'`
        : `The local cloud ${problem}. The end of its log, ${state.logFile}:\n${tail(log)}`,
    );
  }
}

function assertDataLoaded(log: string, state: ProjectState): void {
  const use = /^Data in use: (.*)/m.exec(log)?.[1];
  if (use)
    throw new LocalCloudError(`The data of the local cloud is in use: ${use}.\nEnd that process first.`);
  const damage = /^Damaged data: (.*)/m.exec(log)?.[1];
  if (damage)
    throw new LocalCloudError(
      `The data of the local cloud is damaged: ${damage}.\n` +
        `Restore ${state.dataDir} from a backup, or start without data: npx trellis down --clean`,
    );
}

/** Saves the data of the emulator, so that not even `kill -9` loses it. */
export async function saveState(instance: Instance): Promise<void> {
  const response = await callControl(instance, '/_trellis/save', {
    method: 'POST',
    timeout: SAVE_TIMEOUT_MS,
  });
  const { reason } = (await response.json()) as { reason?: string };
  if (!response.ok)
    throw new LocalCloudError(`The local cloud cannot save its data: ${reason ?? response.status}.`);
}

/**
 * Stops an emulator: it finishes its work, saves and reads the save back. Work that does not end in time, such as a
 * custom resource that hangs, is killed.
 *
 * @param log gets a line with the remaining work if the stop takes longer than a second
 */
export async function stopEmulator(
  instance: Instance,
  state: ProjectState,
  log?: (line: string) => void,
): Promise<StopReport> {
  const alive = await findRunning(instance);
  if (!alive) {
    removeScratch(instance);
    return createStopReport(state, instance.instance);
  }
  const response = await requestStop(alive, log);
  signalProcess(alive.pid, 'SIGTERM');
  const deadline = Date.now() + EXIT_TIMEOUT_MS;
  while (signalProcess(alive.pid, 0)) {
    if (Date.now() > deadline) signalProcess(alive.pid, 'SIGKILL');
    await sleep(20);
  }
  removeScratch(alive);
  return createStopReport(state, instance.instance, response);
}

function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
