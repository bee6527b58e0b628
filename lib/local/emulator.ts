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
import { moveAddresses } from './kept-addresses.js';
import { type Loaded, reportOfEnd, type StopReport } from './kept-state.js';
import { PRIVATE_FILE, privateFolder } from './private-files.js';
import type { ProjectState } from './project-state.js';
import { running } from './project-state.js';
import { tail } from './run.js';
import { requestStop } from './stop-request.js';

const READY_WITHIN = 30_000;
const SAVES_WITHIN = 60_000;
/** Everything is saved before; what takes longer is an operation that is being abandoned. */
const ENDS_WITHIN = 4_000;

/** How an emulator ends that was told to. */
export const CLEAN_END = 'exit code 0';

/** A started emulator, and the promise of its end. */
export interface StartedEmulator {
  readonly instance: Instance;
  readonly ended: Promise<string>;
  /** What it found of the last one. */
  readonly loaded: Loaded;
}

export async function startEmulator(
  python: string,
  port: number,
  state: ProjectState,
  attached: boolean,
  signal?: AbortSignal,
): Promise<StartedEmulator> {
  writeFileSync(state.denialsFile, '', { mode: PRIVATE_FILE });
  moveAddresses(state.dataDir, port);
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
    denialsFile: state.denialsFile,
  });
  const log = openSync(state.logFile, 'w', PRIVATE_FILE);
  // A group of its own: Ctrl-C in the terminal must not reach it or its functions before we stop it.
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
  let loaded: Loaded;
  try {
    await ready(started, ended, python, state, signal);
    loaded = (await (await callControl(started, '/_trellis/loaded', { timeout: 10_000 })).json()) as Loaded;
  } catch (error) {
    child.kill('SIGKILL');
    removeScratch(started);
    throw error;
  }
  state.write(started);
  return { instance: started, ended, loaded };
}

/** Where functions are unpacked: outside of the project, whose node_modules they must not find. */
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

async function ready(
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
  const deadline = Date.now() + READY_WITHIN;
  while (!(await running(instance))) {
    signal?.throwIfAborted();
    if (end === undefined && Date.now() < deadline) {
      await sleep(30);
      continue;
    }
    const what = end ? `ended while starting (${end})` : `did not start within ${READY_WITHIN / 1000} s`;
    const log = readFileSync(state.logFile, 'utf8');
    assertDataRead(log, state);
    const missing = /(ModuleNotFoundError|ImportError): .*/.exec(log)?.[0];
    throw new LocalCloudError(
      missing
        ? `The local cloud's installation is damaged (${missing}).\n` +
            `Delete it, and start again: rm -r '${dirname(dirname(python))}'`
        : `The local cloud ${what}. The end of its log, ${state.logFile}:\n${tail(log)}`,
    );
  }
}

function assertDataRead(log: string, state: ProjectState): void {
  const use = /^Data in use: (.*)/m.exec(log)?.[1];
  if (use)
    throw new LocalCloudError(`The data of the local cloud is in use: ${use}.\nEnd that process first.`);
  const damage = /^Damaged data: (.*)/m.exec(log)?.[1];
  if (damage)
    throw new LocalCloudError(
      `What the local cloud held is damaged: ${damage}.\n` +
        `Put ${state.dataDir} back from a copy, or start with nothing: npx trellis down --clean`,
    );
}

/** Saves what the emulator holds, so that not even `kill -9` loses it. */
export async function saveState(instance: Instance): Promise<void> {
  const response = await callControl(instance, '/_trellis/save', { method: 'POST', timeout: SAVES_WITHIN });
  const { reason } = (await response.json()) as { reason?: string };
  if (!response.ok)
    throw new LocalCloudError(`The local cloud cannot save what it holds: ${reason ?? response.status}.`);
}

/**
 * Lets it finish what is under way, save, and read the save back; then ends it. What does not stop in time (a custom
 * resource that hangs, say) is killed.
 *
 * @param log gets a line for what it waits for, if that takes longer than a second
 */
export async function stopEmulator(
  instance: Instance,
  state: ProjectState,
  log?: (line: string) => void,
): Promise<StopReport> {
  const alive = await running(instance);
  if (!alive) {
    removeScratch(instance);
    return reportOfEnd(state, instance.instance);
  }
  const said = await requestStop(alive, log);
  signalProcess(alive.pid, 'SIGTERM');
  const deadline = Date.now() + ENDS_WITHIN;
  while (signalProcess(alive.pid, 0)) {
    if (Date.now() > deadline) signalProcess(alive.pid, 'SIGKILL');
    await sleep(20);
  }
  removeScratch(alive);
  return reportOfEnd(state, instance.instance, said);
}

function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
