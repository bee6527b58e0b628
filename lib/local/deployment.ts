import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
    }
  | ({ type: 'progress' } & ResourceEvent)
  | { type: 'warning'; message: string }
  | { type: 'deployed'; stacks: Deployed['stacks'] }
  | { type: 'validated' }
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
  const { assemblyDir, bootstrapped, prepare } = options;
  const request = { ...synthesisOf(options), bootstrapped };
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
  return { environments: synthesized!.environments, stacks: deployed.stacks };
}

/**
 * Synthesizes the project's app again, with the validation by CloudFormation's schemas that `cdk synth` runs, and logs
 * its findings. It takes longer than the synthesis of a deployment, so that it runs beside it.
 */
export async function validateApp(options: Omit<DeploymentOptions, 'prepare'>): Promise<void> {
  const outdir = join(dirname(options.assemblyDir), 'validation.out');
  const request = { ...synthesisOf(options), outdir, bootstrapped: options.bootstrapped, validate: true };
  await inWorker({ ...options, validates: true }, request, (message) =>
    message.type === 'validated' ? message : undefined,
  );
}

/** Returns the request of a synthesis. Values that are looked up are kept beside the assembly. */
function synthesisOf({ projectDir, assemblyDir }: Pick<DestructionOptions, 'projectDir' | 'assemblyDir'>) {
  return {
    app: appCommand(projectDir),
    workingDirectory: projectDir,
    outdir: assemblyDir,
    contextFile: join(dirname(assemblyDir), 'context.json'),
  };
}

/** Synthesizes the project's app for an emulator, without anything of a real account in its environment. */
export async function synthesizeApp(
  options: Omit<DestructionOptions, 'endpoint' | 'credentials'>,
): Promise<void> {
  const request = synthesisOf(options);
  // Placeholders: a synthesis sends no request.
  const endpoint = 'http://127.0.0.1:4566';
  const credentials = { accessKeyId: 'unused', secretAccessKey: 'unused' };
  await inWorker({ ...options, endpoint, credentials }, request, (message, worker) => {
    if (message.type !== 'synthesized') return undefined;
    fitAssembly(options.assemblyDir, options.target ?? 'local');
    worker.send({ deploy: false });
    return message;
  });
}

/** Deletes all stacks of a deployed app, except the bootstrap stack. */
export async function destroyApp(options: DestructionOptions): Promise<void> {
  const request = { destroy: options.assemblyDir };
  await inWorker(options, request, (message) => (message.type === 'destroyed' ? message : undefined));
}

interface WorkerOptions extends DestructionOptions {
  /** Runs the CDK's validation of templates. @default false */
  readonly validates?: boolean;
}

interface WorkerControl {
  send(request: object): void;
  fail(error: unknown): void;
}

/** Sends a request to the worker, and resolves with the first result of `resultOf`. */
async function inWorker<Result>(
  { projectDir, endpoint, credentials, target, log, signal, validates }: WorkerOptions,
  request: object,
  resultOf: (message: WorkerMessage, worker: WorkerControl) => Result | undefined,
): Promise<Result> {
  assertToolkit();
  signal?.throwIfAborted();
  const worker = fork(join(__dirname, 'deployment-worker.mjs'), {
    cwd: projectDir,
    env: {
      ...deploymentEnvironment(endpoint, credentials, process.env, target),
      ...(validates && { CDK_VALIDATION: 'true' }),
    },
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
      if (message.type === 'deployed') progress.end(deployedNames(message.stacks));
      resolve(result);
    });
    worker.send(request);
  }).finally(() => progress.end([]));
}

/** Returns the names of the stacks that the toolkit deployed, without those nested in them. */
function deployedNames(stacks: Deployed['stacks']): string[] {
  return stacks.map(({ stackName }) => stackName).filter((name) => !name.includes('/'));
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
