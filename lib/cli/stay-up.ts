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
import { confirmDataLoss, DataKept } from './replaced-data.js';

export interface StayUpOptions {
  readonly port?: number;
  /** Returns when everything is deployed, and leaves the local cloud running. */
  readonly detach?: boolean;
  /** Whether resources with data are replaced or deleted without a question. @default false */
  readonly replaceData?: boolean;
  /** Called when everything is deployed: adds data and prints what there is. */
  readonly ready: (info: CloudInfo, cloud: LocalCloud) => void | Promise<void>;
}

/** 128 + SIGINT, by which a shell knows that Ctrl-C ended a command. */
const INTERRUPTED = 130;

/** Runs the app of this folder on its local cloud until Ctrl-C; the exit code. */
export async function stayUp({ port, detach = false, replaceData, ready }: StayUpOptions): Promise<number> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interruption.abort(new LocalCloudError('Interrupted.')));

  // A terminal that was closed, or a pipe: what is left to tell, nobody reads; what is left to do is done.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  let cloud: LocalCloud | undefined;
  try {
    assertDeployable(process.cwd());
    cloud = await startLocalCloud({
      projectDir: process.cwd(),
      port,
      detached: detach,
      signal: interruption.signal,
      log: console.log,
    });
    if (cloud.reused) console.log(`Using the local cloud that runs already at ${cloud.endpoint}`);
    const deployed = await deploy(cloud, replaceData);
    if (deployed) await ready(deployed, cloud);
    if (detach || cloud.reused) return deployed ? 0 : 1;
    console.log('\nPress Ctrl-C to stop. The next start has the data.');
    const stopped = await untilStopped(cloud, interruption.signal);
    if (stopped) return reported(stopped, 0);
  } catch (error) {
    if (!interruption.signal.aborted) {
      // What started stays only if it works.
      if (cloud && !cloud.reused) {
        const report = await cloud.stop();
        if (!report.kept) console.error(describeEnd(report));
      }
      throw asUserError(error);
    }
  }
  if (cloud && !cloud.reused) {
    console.log('\nStopping the local cloud');
    return reported(await cloud.stop(), INTERRUPTED);
  }
  return INTERRUPTED;
}

/** Returns undefined when the version before keeps running, because the new one would lose data. */
async function deploy(cloud: LocalCloud, replaceData = false): Promise<CloudInfo | undefined> {
  try {
    return await cloud.deploy(replaceData ? undefined : (folder) => confirmDataLoss(cloud, folder));
  } catch (error) {
    if (!(error instanceof DataKept)) throw error;
    console.error(error.message);
    return undefined;
  }
}

function reported(report: StopReport, code: number): number {
  if (report.kept) console.log(describeEnd(report));
  else console.error(describeEnd(report));
  return report.kept ? code : 1;
}

/** Resolves at an interruption here, or with the report of a stop elsewhere; rejects when the cloud ends by itself. */
function untilStopped(cloud: LocalCloud, interruption: AbortSignal): Promise<StopReport | undefined> {
  return new Promise((resolve, reject) => {
    if (interruption.aborted) resolve(undefined);
    interruption.addEventListener('abort', () => resolve(undefined));
    cloud.onExit((reason, stopped) => {
      if (stopped) return resolve(stopped);
      reject(
        new LocalCloudError(
          `The local cloud ended by itself (${reason}). Its log is .trellis/emulator.log.\n` +
            'Start it again: the start says what was saved last, and how much came after it.',
        ),
      );
    });
  });
}
