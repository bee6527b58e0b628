import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fitAssembly } from '../target/fit-assembly.js';
import { readReport, summaryOf } from '../target/target-report.js';
import type { Deployed } from './cloud-info.js';
import { deploymentEnvironment, type RootCredentials } from './environment.js';
import { LocalCloudError } from './errors.js';
import { DeploymentProgress, type ResourceEvent } from './progress.js';
import { endGroup } from './run.js';

type WorkerMessage =
  | {
      type: 'synthesized';
      runtimes: string[];
      environments: string[];
      apis: { stackName: string; apis?: Record<string, string> }[];
    }
  | ({ type: 'progress' } & ResourceEvent)
  | { type: 'warning'; message: string }
  | { type: 'deployed'; stacks: { stackName: string; outputs: Record<string, string> }[] }
  | { type: 'destroyed' }
  | { type: 'failed'; message: string };

export interface DestructionOptions {
  readonly projectDir: string;
  /** Folder of the cloud assembly. */
  readonly assemblyDir: string;
  readonly endpoint: string;
  readonly credentials: RootCredentials;
  readonly log: (line: string) => void;
  /** Target of the synthesis. @default 'local' */
  readonly target?: 'local' | 'localstack';
  readonly signal?: AbortSignal;
}

export interface DeploymentOptions extends DestructionOptions {
  /** Environments that are already bootstrapped. */
  readonly bootstrapped: string[];
  /** Callback between synthesis and deployment. */
  readonly prepare: (runtimes: string[]) => Promise<void>;
}

/** Synthesizes the project's app and deploys its changed stacks. */
export async function deployApp(options: DeploymentOptions): Promise<Deployed> {
  const { projectDir, assemblyDir, bootstrapped, prepare } = options;
  const app = appCommand(projectDir);
  const request = { app, workingDirectory: projectDir, outdir: assemblyDir, bootstrapped };
  let synthesized: Extract<WorkerMessage, { type: 'synthesized' }>;
  const deployed = await inWorker(options, request, (message, worker) => {
    if (message.type === 'synthesized') {
      synthesized = message;
      fitAssembly(assemblyDir, options.target ?? 'local');
      logDifferences(assemblyDir, options.log);
      prepare(message.runtimes).then(() => worker.send({ deploy: true }), worker.fail);
    }
    return message.type === 'deployed' ? message : undefined;
  });
  return {
    environments: synthesized!.environments,
    stacks: deployed.stacks.map((stack) => ({
      ...synthesized!.apis.find(({ stackName }) => stackName === stack.stackName),
      ...stack,
    })),
  };
}

/** Synthesizes the project's app for an emulator, without anything of a real account in its environment. */
export async function synthesizeApp(
  options: Omit<DestructionOptions, 'endpoint' | 'credentials'>,
): Promise<void> {
  const { projectDir, assemblyDir } = options;
  const request = { app: appCommand(projectDir), workingDirectory: projectDir, outdir: assemblyDir };
  // Placeholders: a synthesis sends no request.
  const endpoint = 'http://127.0.0.1:4566';
  const credentials = { accessKeyId: 'unused', secretAccessKey: 'unused' };
  await inWorker({ ...options, endpoint, credentials }, request, (message, worker) => {
    if (message.type !== 'synthesized') return undefined;
    fitAssembly(assemblyDir, options.target ?? 'local');
    worker.send({ deploy: false });
    return message;
  });
}

/** Deletes all stacks of a deployed app, except the bootstrap stack. */
export async function destroyApp(options: DestructionOptions): Promise<void> {
  const request = { destroy: options.assemblyDir };
  await inWorker(options, request, (message) => (message.type === 'destroyed' ? message : undefined));
}

interface WorkerControl {
  send(request: object): void;
  fail(error: unknown): void;
}

/** Sends a request to the worker, and resolves with the first result of `resultOf`. */
async function inWorker<Result>(
  { projectDir, endpoint, credentials, target, log, signal }: DestructionOptions,
  request: object,
  resultOf: (message: WorkerMessage, worker: WorkerControl) => Result | undefined,
): Promise<Result> {
  assertToolkit();
  signal?.throwIfAborted();
  const worker = fork(join(__dirname, 'deployment-worker.mjs'), {
    cwd: projectDir,
    env: deploymentEnvironment(endpoint, credentials, process.env, target),
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own, so that it can be ended together with the app it runs.
    detached: true,
  });
  let output = '';
  for (const stream of [worker.stdout, worker.stderr])
    stream?.on('data', (data) => {
      output += data;
    });

  const progress = new DeploymentProgress(log);
  return new Promise<Result>((resolve, reject) => {
    const fail = (error: unknown) => {
      reject(error);
      endGroup(worker.pid);
    };
    const control = { send: (message: object) => void worker.send(message), fail };
    signal?.addEventListener('abort', () => fail(signal.reason), { once: true });
    worker.on('error', fail);
    worker.on('exit', () => reject(new LocalCloudError(`The deployment ended early.\n${output}`)));
    worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'progress') progress.show(message);
      else if (message.type === 'warning') log(message.message);
      else if (message.type === 'failed') reject(new LocalCloudError(progress.failure() ?? message.message));
      const result = resultOf(message, control);
      if (result === undefined) return;
      if (message.type === 'deployed') progress.end(message.stacks.map(({ stackName }) => stackName));
      resolve(result);
    });
    worker.send(request);
  }).finally(() => progress.end([]));
}

/** Logs a summary of the resources and settings of the app that the local cloud lacks. */
function logDifferences(assemblyDir: string, log: (line: string) => void): void {
  const report = readReport(assemblyDir);
  if (report && report.differences.length > 0) log(summaryOf(report));
}

/**
 * Checks that the folder has a deployable app, before a cloud is started for it.
 *
 * @throws LocalCloudError that names what is missing
 */
export function assertDeployable(projectDir: string): void {
  appCommand(projectDir);
  assertToolkit();
}

/** Checks the toolkit, an optional peer dependency: it is large, and only deployments to the local cloud need it. */
function assertToolkit(): void {
  try {
    require.resolve('@aws-cdk/toolkit-lib');
  } catch {
    throw new LocalCloudError(
      'Deploying needs the package @aws-cdk/toolkit-lib, which is not installed.\n' +
        'Install it: npm install --save-dev @aws-cdk/toolkit-lib@1.40.1',
    );
  }
}

function appCommand(projectDir: string): string {
  const file = join(projectDir, 'cdk.json');
  if (!existsSync(file))
    throw new LocalCloudError(
      `Expected a CDK app in ${projectDir}, but it has no cdk.json.\nRun this command in the app's folder.`,
    );
  let settings: { app?: unknown };
  try {
    settings = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new LocalCloudError(`${file} must be JSON: ${(error as Error).message}`);
  }
  if (typeof settings.app !== 'string' || settings.app === '')
    throw new LocalCloudError(
      `${file} must name the app's command as "app", for example "npx tsx bin/app.ts".`,
    );
  return settings.app;
}
