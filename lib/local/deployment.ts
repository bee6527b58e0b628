import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  /** Where the app was synthesized to. */
  readonly assemblyDir: string;
  readonly endpoint: string;
  readonly credentials: RootCredentials;
  readonly log: (line: string) => void;
  /** What the app is synthesized for. @default 'local' */
  readonly target?: 'local' | 'localstack';
  readonly signal?: AbortSignal;
}

export interface DeploymentOptions extends DestructionOptions {
  /** The environments that are bootstrapped already. */
  readonly bootstrapped: string[];
  /** Called between synthesis and deployment. */
  readonly prepare: (runtimes: string[]) => Promise<void>;
}

/** Synthesizes the project's app and deploys all of its stacks that changed. */
export async function deployApp(options: DeploymentOptions): Promise<Deployed> {
  const { projectDir, assemblyDir, bootstrapped, prepare } = options;
  const app = appCommand(projectDir);
  const order = { app, workingDirectory: projectDir, outdir: assemblyDir, bootstrapped };
  let synthesized: Extract<WorkerMessage, { type: 'synthesized' }>;
  const deployed = await inWorker(options, order, (message, worker) => {
    if (message.type === 'synthesized') {
      synthesized = message;
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
  const order = { app: appCommand(projectDir), workingDirectory: projectDir, outdir: assemblyDir };
  // Nothing is sent there.
  const endpoint = 'http://127.0.0.1:4566';
  const credentials = { accessKeyId: 'unused', secretAccessKey: 'unused' };
  await inWorker({ ...options, endpoint, credentials }, order, (message, worker) => {
    if (message.type !== 'synthesized') return undefined;
    worker.send({ deploy: false });
    return message;
  });
}

/** Deletes all stacks of an app that was deployed; what it was bootstrapped with stays. */
export async function destroyApp(options: DestructionOptions): Promise<void> {
  const order = { destroy: options.assemblyDir };
  await inWorker(options, order, (message) => (message.type === 'destroyed' ? message : undefined));
}

interface Conversation {
  send(order: object): void;
  fail(error: unknown): void;
}

/** Gives the worker an order, and answers what `resultOf` takes for the end of it. */
async function inWorker<Result>(
  { projectDir, endpoint, credentials, target, log, signal }: DestructionOptions,
  order: object,
  resultOf: (message: WorkerMessage, worker: Conversation) => Result | undefined,
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
    const conversation = { send: (message: object) => void worker.send(message), fail };
    signal?.addEventListener('abort', () => fail(signal.reason), { once: true });
    worker.on('error', fail);
    worker.on('exit', () => reject(new LocalCloudError(`The deployment ended early.\n${output}`)));
    worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'progress') progress.show(message);
      else if (message.type === 'warning') log(message.message);
      else if (message.type === 'failed') reject(new LocalCloudError(progress.failure() ?? message.message));
      const result = resultOf(message, conversation);
      if (result === undefined) return;
      if (message.type === 'deployed') progress.end(message.stacks.map(({ stackName }) => stackName));
      resolve(result);
    });
    worker.send(order);
  }).finally(() => progress.end([]));
}

/** What of the app this cloud does not have, in one line. */
function logDifferences(assemblyDir: string, log: (line: string) => void): void {
  const report = readReport(assemblyDir);
  if (report) log(summaryOf(report));
}

/**
 * That there is an app here that can be deployed: looked at before a cloud is started for it.
 *
 * @throws LocalCloudError that says what lacks
 */
export function assertDeployable(projectDir: string): void {
  appCommand(projectDir);
  assertToolkit();
}

/** An optional peer: only those who deploy from here need it, and it is large. */
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
