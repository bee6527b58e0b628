import type { CloudInfo } from './cloud-info.js';
import type { Contents, DeployedResource } from './contents.js';
import type { RootCredentials } from './environment.js';
import type { StopReport } from './stop-report.js';

export interface LocalCloudOptions {
  /** Folder of the CDK app, which has cdk.json. */
  readonly projectDir: string;
  /**
   * Port on 127.0.0.1; 0 takes any free port.
   * @default - TRELLIS_PORT, else 4566
   */
  readonly port?: number;
  /**
   * Folder of the local cloud's state.
   * @default - TRELLIS_STATE_DIR, else `.trellis` in the project's folder
   */
  readonly stateDir?: string;
  /**
   * Keeps the local cloud running after this process ends.
   * @default false - it ends with this process, even if this process is killed (on Linux)
   */
  readonly detached?: boolean;
  /** Logs the findings of the validation that `cdk synth` runs, beside a deployment or after it. @default false */
  readonly validate?: boolean;
  readonly log?: (line: string) => void;
  /** Interrupts an installation, a start or a deployment. */
  readonly signal?: AbortSignal;
}

/** A request that IAM denied. */
export interface Denial {
  readonly time: string;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
}

/** A running local cloud. */
export interface LocalCloud {
  readonly endpoint: string;
  /** Access key of the root user. Each start creates a new one. */
  readonly credentials: RootCredentials;
  readonly port: number;
  /** True if another process has started it. */
  readonly reused: boolean;
  /**
   * Synthesizes the app and deploys its changes.
   *
   * @param review callback between synthesis and deployment, with the folder of the synthesized app. If it throws, the
   *   deployment ends before it changes anything.
   */
  deploy(review?: (assemblyDir: string) => Promise<void>): Promise<CloudInfo>;
  /** Counts the data in deployed resources. */
  countContents(resources: readonly DeployedResource[]): Promise<readonly Contents[]>;
  /** Returns the addresses and outputs of the deployed app. */
  info(): CloudInfo;
  /** Returns all requests that IAM denied since the start, including those whose error the app ignored. */
  denials(): Denial[];
  /** File of the denied requests, with a JSON object per line. */
  readonly denialsFile: string;
  /**
   * Stops the local cloud: rejects new requests (503), waits up to 10 s for unfinished work, saves a consistent snapshot,
   * reads the save back, and ends. The report has the result of the save.
   */
  stop(): Promise<StopReport>;
  /**
   * Registers a callback for the end of a cloud that this object has started but not stopped.
   * `stopped`: the report, if another process has stopped it.
   */
  onExit(callback: (reason: string, stopped?: StopReport) => void): void;
}
