import {
  assertDeployable,
  asUserError,
  type CloudInfo,
  describeEnd,
  type LocalCloud,
  LocalCloudError,
  type StopReport,
  startLocalCloud,
} from '../local/index.js';
import { confirmDataLoss, DataLossNotConfirmed } from './replaced-data.js';
import { watchOwner } from './watch-owner.js';

export interface StayUpOptions {
  readonly port?: number;
  /** Returns when everything is deployed, and leaves the local cloud running. */
  readonly detach?: boolean;
  /** Replaces or deletes resources with data without confirmation. @default false */
  readonly replaceData?: boolean;
  /** Callback after the deployment: adds data and prints addresses. */
  readonly ready: (info: CloudInfo, cloud: LocalCloud) => void | Promise<void>;
}

/** Exit code of a command that Ctrl-C ended: 128 + SIGINT. */
const INTERRUPTED = 130;

/** Runs the app of this folder on its local cloud until Ctrl-C. Returns the exit code. */
export async function stayUp({ port, detach = false, replaceData, ready }: StayUpOptions): Promise<number> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interruption.abort(new LocalCloudError('Interrupted.')));

  const projectDir = process.cwd();
  if (!detach) watchOwner(projectDir, (reason) => interruption.abort(new LocalCloudError(reason)));

  // Output fails when the terminal or pipe was closed: the local cloud must be stopped and saved all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  let cloud: LocalCloud | undefined;
  try {
    assertDeployable(projectDir);
    cloud = await startLocalCloud({
      projectDir,
      port,
      detached: detach,
      // It takes longer than a deployment without changes, and a detached one returns at once.
      validate: !detach,
      signal: interruption.signal,
      log: console.log,
    });
    if (cloud.reused) console.log(`Using the local cloud that runs already at ${cloud.endpoint}`);
    const deployed = await deploy(cloud, replaceData);
    if (deployed) await ready(deployed, cloud);
    if (detach || cloud.reused) return deployed ? 0 : 1;
    console.log('\nPress Ctrl-C to stop. The data is saved for the next start.');
    const stopped = await untilStopped(cloud, interruption.signal);
    if (stopped) return printEnd(stopped, 0);
  } catch (error) {
    if (!interruption.signal.aborted) {
      // A cloud that this command started must not outlive its failure.
      if (cloud && !cloud.reused) {
        const report = await cloud.stop();
        if (!report.isSaved) console.error(describeEnd(report));
      }
      throw asUserError(error);
    }
  }
  if (cloud && !cloud.reused) {
    const { message } = interruption.signal.reason as Error;
    console.log(`\n${message} Stopping the local cloud`);
    return printEnd(await cloud.stop(), INTERRUPTED);
  }
  return INTERRUPTED;
}

/** Returns undefined if the deployment would lose data and was not confirmed: the previous version keeps running. */
async function deploy(cloud: LocalCloud, replaceData = false): Promise<CloudInfo | undefined> {
  try {
    return await cloud.deploy(replaceData ? undefined : (folder) => confirmDataLoss(cloud, folder));
  } catch (error) {
    if (!(error instanceof DataLossNotConfirmed)) throw error;
    console.error(error.message);
    return undefined;
  }
}

function printEnd(report: StopReport, code: number): number {
  if (report.isSaved) console.log(describeEnd(report));
  else console.error(describeEnd(report));
  return report.isSaved ? code : 1;
}

/** Resolves on an interruption, or with the report if another process stops the cloud; rejects if the cloud crashes. */
function untilStopped(cloud: LocalCloud, interruption: AbortSignal): Promise<StopReport | undefined> {
  return new Promise((resolve, reject) => {
    if (interruption.aborted) resolve(undefined);
    interruption.addEventListener('abort', () => resolve(undefined));
    cloud.onExit((reason, stopped) => {
      if (stopped) return resolve(stopped);
      reject(
        new LocalCloudError(
          `The local cloud ended unexpectedly (${reason}). Its log is .trellis/emulator.log.\n` +
            'Start it again: the start reports the time of the last save, and how much was lost after it.',
        ),
      );
    });
  });
}
