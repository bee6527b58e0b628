import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { removeAssemblyLocks } from './assembly-locks.js';
import { type CloudInfo, cloudInfo, type Deployed, siteUrl } from './cloud-info.js';
import { type Contents, contentsOf, type DeployedResource } from './contents.js';
import { deployApp } from './deployment.js';
import { edgeAddress, openEdge } from './edge.js';
import { CLEAN_END, saveState, startEmulator, stopEmulator } from './emulator.js';
import type { RootCredentials } from './environment.js';
import { LocalCloudError } from './errors.js';
import { waitForOperations } from './former-operations.js';
import type { Instance } from './instance.js';
import { describeLoaded, reportOfEnd, type StopReport } from './kept-state.js';
import { provideNodes } from './node-runtimes.js';
import { claimPort } from './port.js';
import { alone } from './project-lock.js';
import { ProjectState, readJson, running, writeJson } from './project-state.js';
import { installEmulator } from './python.js';

export interface LocalCloudOptions {
  /** The folder of the CDK app: the one with cdk.json. */
  readonly projectDir: string;
  /**
   * The port on 127.0.0.1; 0 takes a free one.
   * @default - TRELLIS_PORT, else 4566
   */
  readonly port?: number;
  /**
   * Where the project's local cloud is kept.
   * @default - TRELLIS_STATE_DIR, else `.trellis` in the project's folder
   */
  readonly stateDir?: string;
  /**
   * Whether it lives on after this process.
   * @default false - it ends with this process, also when that is killed (on Linux)
   */
  readonly detached?: boolean;
  readonly log?: (line: string) => void;
  /** Interrupts an install, a start or a deployment. */
  readonly signal?: AbortSignal;
}

/** A call that IAM denied. */
export interface Denial {
  readonly time: string;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
}

/** A running local cloud. */
export interface LocalCloud {
  readonly endpoint: string;
  /** The root user's access key. It is another one after each start. */
  readonly credentials: RootCredentials;
  readonly port: number;
  /** Whether it ran already, started by another process. */
  readonly reused: boolean;
  /**
   * Synthesizes the app and deploys what changed.
   *
   * @param review called between the two, with the folder of the synthesized app; what it throws ends the deployment
   *   before anything is changed
   */
  deploy(review?: (assemblyDir: string) => Promise<void>): Promise<CloudInfo>;
  /** Counts what deployed resources hold. */
  contentsOf(resources: readonly DeployedResource[]): Promise<readonly Contents[]>;
  /** The addresses and outputs of what is deployed. */
  info(): CloudInfo;
  /** Every call that IAM denied since the start, also those whose error the caller swallowed. */
  denials(): Denial[];
  /** The same, as a file with one JSON object a line. */
  readonly denialsFile: string;
  /**
   * Refuses new requests (503), waits up to 10 s for what is under way, saves everything as of one moment, reads the
   * save back, and ends. The report says whether everything is kept.
   */
  stop(): Promise<StopReport>;
  /**
   * Calls back when the cloud ends without having been stopped here. Only for one started here.
   * `stopped`: the report, when it was stopped from elsewhere.
   */
  onExit(callback: (reason: string, stopped?: StopReport) => void): void;
}

/** Starts the local cloud of a project, installing what is missing, or joins the one that runs. */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const log = options.log ?? (() => undefined);
  const state = stateOf(options);
  const wait = () => log('Waiting for another start of this project');
  return alone(state.lockFile, wait, () => startOrJoin(options, state, log), options.signal);
}

async function startOrJoin(
  options: LocalCloudOptions,
  state: ProjectState,
  log: (line: string) => void,
): Promise<LocalCloud> {
  const present = await running(state.read());
  if (present) {
    if (options.port && options.port !== present.port)
      throw new LocalCloudError(
        `The local cloud of this project runs already, on port ${present.port} instead of ${options.port}.\n` +
          'Stop it first (npx trellis down), or leave out the port.',
      );
    return new RunningCloud(options, state, present, true);
  }
  const python = await installEmulator(log, options.signal);
  const port = await claimPort(options.port ?? defaultPort());
  if (!existsSync(state.nodesFile)) await provideNodes([], state.nodesFile, log);
  const { instance, ended, loaded } = await startEmulator(
    python,
    port,
    state,
    !options.detached,
    options.signal,
  );
  const loss = describeLoaded(loaded);
  if (loss) log(loss);
  return new RunningCloud(options, state, instance, false, ended);
}

/** The project's local cloud, if it runs. */
export async function findLocalCloud(options: LocalCloudOptions): Promise<LocalCloud | undefined> {
  const state = stateOf(options);
  const present = await running(state.read());
  return present && new RunningCloud(options, state, present, true);
}

/** Deletes what the project's local cloud holds; it must not be running. */
export function deleteLocalData(options: Pick<LocalCloudOptions, 'projectDir' | 'stateDir'>): void {
  stateOf(options).deleteData();
}

function stateOf({ projectDir, stateDir }: Pick<LocalCloudOptions, 'projectDir' | 'stateDir'>): ProjectState {
  return new ProjectState(resolve(stateDir ?? process.env.TRELLIS_STATE_DIR ?? join(projectDir, '.trellis')));
}

function defaultPort(): number {
  const given = process.env.TRELLIS_PORT || '4566';
  if (/^\d{1,5}$/.test(given) && Number(given) < 65536) return Number(given);
  throw new LocalCloudError(`TRELLIS_PORT must be a port number (0 to 65535), got "${given}".`);
}

class RunningCloud implements LocalCloud {
  readonly endpoint: string;
  private stopped = false;

  constructor(
    private readonly options: LocalCloudOptions,
    private readonly state: ProjectState,
    private readonly instance: Instance,
    readonly reused: boolean,
    private readonly ended?: Promise<string>,
  ) {
    this.endpoint = `http://127.0.0.1:${instance.port}`;
  }

  get credentials(): RootCredentials {
    return this.instance.credentials;
  }

  get port(): number {
    return this.instance.port;
  }

  async deploy(review?: (assemblyDir: string) => Promise<void>): Promise<CloudInfo> {
    const { log, signal } = this.options;
    const wait = () => log?.('Waiting for another deployment of this project');
    return alone(this.state.lockFile, wait, () => this.deployAlone(review), signal);
  }

  contentsOf(resources: readonly DeployedResource[]): Promise<readonly Contents[]> {
    return contentsOf(this.instance, resources);
  }

  private async deployAlone(review?: (assemblyDir: string) => Promise<void>): Promise<CloudInfo> {
    const { projectDir, signal, log = () => undefined } = this.options;
    removeAssemblyLocks(this.state.assemblyDir);
    const former = this.deployed();
    // What is deployed already is served meanwhile, and afterwards when this deployment fails.
    if (former) await this.openSite(former).catch(() => undefined);
    await waitForOperations(this.instance, log, signal);
    const deployed = await deployApp({
      projectDir: resolve(projectDir),
      assemblyDir: this.state.assemblyDir,
      endpoint: this.endpoint,
      credentials: this.credentials,
      bootstrapped: former?.environments ?? [],
      log,
      signal,
      prepare: async (runtimes) => {
        await review?.(this.state.assemblyDir);
        const majors = runtimes.flatMap((runtime) => /^nodejs(\d+)\.x$/.exec(runtime)?.[1] ?? []);
        await provideNodes(majors, this.state.nodesFile, log, signal);
      },
    });
    await saveState(this.instance);
    writeJson(this.state.deployedFile, deployed);
    await this.openSite(deployed);
    return this.info();
  }

  private async openSite(deployed: Deployed): Promise<void> {
    const url = siteUrl(deployed);
    if (url) await openEdge(this.instance, this.state, url);
  }

  info(): CloudInfo {
    return cloudInfo(this.endpoint, this.deployed(), edgeAddress(this.instance, this.state));
  }

  get denialsFile(): string {
    return this.state.denialsFile;
  }

  denials(): Denial[] {
    if (!existsSync(this.denialsFile)) return [];
    const lines = readFileSync(this.denialsFile, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Denial);
  }

  async stop(): Promise<StopReport> {
    this.stopped = true;
    const report = await stopEmulator(this.instance, this.state, this.options.log);
    this.state.forget();
    return report;
  }

  onExit(callback: (reason: string, stopped?: StopReport) => void): void {
    this.ended?.then((reason) => {
      if (this.stopped) return;
      if (reason === CLEAN_END) callback(reason, reportOfEnd(this.state, this.instance.instance));
      else callback(reason);
    });
  }

  private deployed(): Deployed | undefined {
    return readJson<Deployed>(this.state.deployedFile);
  }
}
