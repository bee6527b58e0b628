import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startEmulator } from './emulator.js';
import { LocalCloudError } from './errors.js';
import type { LocalCloud, LocalCloudOptions } from './local-cloud.js';
import { installNodeRuntimes } from './node-runtimes.js';
import { claimPort } from './port.js';
import { withProjectLock } from './project-lock.js';
import { findRunning, ProjectState } from './project-state.js';
import { installEmulator } from './python.js';
import { RunningCloud } from './running-cloud.js';
import { describeLoadedState } from './stop-report.js';

/** Starts the local cloud of a project, or connects to it if it is running. Installs missing tools. */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const log = options.log ?? (() => undefined);
  const state = stateOf(options);
  const onWait = () => log('Waiting for another start of this project');
  return withProjectLock(state.lockFile, onWait, () => startOrConnect(options, state, log), options.signal);
}

async function startOrConnect(
  options: LocalCloudOptions,
  state: ProjectState,
  log: (line: string) => void,
): Promise<LocalCloud> {
  const present = await findRunning(state.read());
  if (present) {
    if (options.port && options.port !== present.port)
      throw new LocalCloudError(
        `The local cloud of this project is already running on port ${present.port} instead of ${options.port}.\n` +
          'Stop it first (npx trellis down), or omit the port.',
      );
    return new RunningCloud(options, state, present, true);
  }
  const python = await installEmulator(log, options.signal);
  const port = await claimPort(options.port ?? defaultPort());
  if (!existsSync(state.nodesFile)) await installNodeRuntimes([], state.nodesFile, log);
  const { instance, ended, loaded } = await startEmulator(
    python,
    port,
    state,
    !options.detached,
    options.signal,
  );
  const loss = describeLoadedState(loaded);
  if (loss) log(loss);
  return new RunningCloud(options, state, instance, false, ended);
}

/** Returns the project's local cloud; undefined if it is not running. */
export async function findLocalCloud(options: LocalCloudOptions): Promise<LocalCloud | undefined> {
  const state = stateOf(options);
  const present = await findRunning(state.read());
  return present && new RunningCloud(options, state, present, true);
}

/** Deletes the data of the project's local cloud, which must not be running. */
export function deleteLocalData(options: Pick<LocalCloudOptions, 'projectDir' | 'stateDir'>): void {
  stateOf(options).deleteData();
}

function stateOf({ projectDir, stateDir }: Pick<LocalCloudOptions, 'projectDir' | 'stateDir'>): ProjectState {
  return new ProjectState(resolve(stateDir ?? process.env.TRELLIS_STATE_DIR ?? join(projectDir, '.trellis')));
}

function defaultPort(): number {
  const port = process.env.TRELLIS_PORT || '4566';
  if (/^\d{1,5}$/.test(port) && Number(port) < 65536) return Number(port);
  throw new LocalCloudError(`TRELLIS_PORT must be a port number (0 to 65535), got "${port}".`);
}
