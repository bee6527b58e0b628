import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployed } from './cloud-info.js';
import { deploymentEnvironment } from './environment.js';
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
  | { type: 'failed'; message: string };

export interface DeploymentOptions {
  readonly projectDir: string;
  readonly assemblyDir: string;
  readonly endpoint: string;
  /** The environments that are bootstrapped already. */
  readonly bootstrapped: string[];
  readonly log: (line: string) => void;
  /** Called between synthesis and deployment. */
  readonly prepare: (runtimes: string[]) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** Synthesizes the project's app and deploys all of its stacks that changed. */
export async function deployApp(options: DeploymentOptions): Promise<Deployed> {
  const { projectDir, assemblyDir, endpoint, bootstrapped, log, prepare, signal } = options;
  const app = appCommand(projectDir);
  assertToolkit();
  signal?.throwIfAborted();
  const worker = fork(join(__dirname, 'deployment-worker.mjs'), {
    cwd: projectDir,
    env: deploymentEnvironment(endpoint),
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
  return new Promise<Deployed>((resolve, reject) => {
    let synthesized: Extract<WorkerMessage, { type: 'synthesized' }>;
    const fail = (error: unknown) => {
      reject(error);
      endGroup(worker.pid);
    };
    signal?.addEventListener('abort', () => fail(signal.reason), { once: true });
    worker.on('error', fail);
    worker.on('exit', () => reject(new LocalCloudError(`The deployment ended early.\n${output}`)));
    worker.on('message', (message: WorkerMessage) => {
      switch (message.type) {
        case 'synthesized':
          synthesized = message;
          prepare(message.runtimes).then(() => worker.send({ deploy: true }), fail);
          break;
        case 'progress':
          progress.show(message);
          break;
        case 'warning':
          log(message.message);
          break;
        case 'deployed':
          progress.end(message.stacks.map(({ stackName }) => stackName));
          resolve({
            environments: synthesized.environments,
            stacks: message.stacks.map((stack) => ({
              ...synthesized.apis.find(({ stackName }) => stackName === stack.stackName),
              ...stack,
            })),
          });
          break;
        case 'failed':
          reject(new LocalCloudError(progress.failure() ?? message.message));
          break;
      }
    });
    worker.send({ app, workingDirectory: projectDir, outdir: assemblyDir, bootstrapped });
  }).finally(() => progress.end([]));
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
