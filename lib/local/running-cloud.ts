import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { removeAssemblyLocks } from './assembly-locks.js';
import { type CloudInfo, cloudInfo, type Deployed, siteUrl } from './cloud-info.js';
import { type Contents, countContents, type DeployedResource } from './contents.js';
import { deployApp, validateApp } from './deployment.js';
import { edgeAddress, openEdge } from './edge.js';
import { CLEAN_END, saveState, stopEmulator } from './emulator.js';
import type { RootCredentials } from './environment.js';
import type { Instance } from './instance.js';
import type { Denial, LocalCloud, LocalCloudOptions } from './local-cloud.js';
import { installNodeRuntimes } from './node-runtimes.js';
import { waitForOperations } from './pending-operations.js';
import { withProjectLock } from './project-lock.js';
import { type ProjectState, readJson, writeJson } from './project-state.js';
import { installRuntimeSdk } from './runtime-sdk.js';
import { createStopReport, type StopReport } from './stop-report.js';

/** A local cloud whose emulator runs. */
export class RunningCloud implements LocalCloud {
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
    const onWait = () => log?.('Waiting for another deployment of this project');
    return withProjectLock(this.state.lockFile, onWait, () => this.deployLocked(review), signal);
  }

  countContents(resources: readonly DeployedResource[]): Promise<readonly Contents[]> {
    return countContents(this.instance, resources);
  }

  private async deployLocked(review?: (assemblyDir: string) => Promise<void>): Promise<CloudInfo> {
    const { projectDir, signal, log = () => undefined } = this.options;
    removeAssemblyLocks(this.state.assemblyDir);
    const previous = this.deployed();
    // The previous version is served during the deployment, and after it if it fails.
    if (previous) await this.openSite(previous).catch(() => undefined);
    await waitForOperations(this.instance, log, signal);
    const app = {
      projectDir: resolve(projectDir),
      assemblyDir: this.state.assemblyDir,
      endpoint: this.endpoint,
      credentials: this.credentials,
      bootstrapped: previous?.environments ?? [],
      log,
      signal,
    };
    const deployed = await deployApp({
      ...app,
      prepare: async (runtimes) => {
        await review?.(this.state.assemblyDir);
        // Its result does not change the deployment. It fails only with the app, as the deployment does.
        if (this.options.validate) validateApp(app).catch(() => undefined);
        const majors = runtimes.flatMap((runtime) => /^nodejs(\d+)\.x$/.exec(runtime)?.[1] ?? []);
        await installNodeRuntimes(majors, this.state.nodesFile, log, signal);
        const { assemblyDir, sdkFile } = this.state;
        await installRuntimeSdk(assemblyDir, resolve(projectDir), sdkFile, log, signal);
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
      if (reason === CLEAN_END) callback(reason, createStopReport(this.state, this.instance.instance));
      else callback(reason);
    });
  }

  private deployed(): Deployed | undefined {
    return readJson<Deployed>(this.state.deployedFile);
  }
}
