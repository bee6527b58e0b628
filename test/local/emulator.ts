import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { callControl } from '../../lib/local/control.js';
import { type StartedEmulator, startEmulator, stopEmulator } from '../../lib/local/emulator.js';
import type { Instance } from '../../lib/local/instance.js';
import { installNodeRuntimes } from '../../lib/local/node-runtimes.js';
import { claimPort } from '../../lib/local/port.js';
import { ProjectState } from '../../lib/local/project-state.js';
import { installEmulator } from '../../lib/local/python.js';
import type { LoadedState, StopReport } from '../../lib/local/stop-report.js';
import { eventually } from '../support/eventually.js';
import { roleFor } from './resources.js';

export type Template = Record<string, unknown>;

/** An emulator on a free port, with all corrections or without those named. */
export class Emulator {
  private constructor(
    readonly state: ProjectState,
    private started: StartedEmulator,
    private readonly without: readonly string[],
  ) {}

  static async start(without: readonly string[] = []): Promise<Emulator> {
    const state = new ProjectState(mkdtempSync(join(tmpdir(), 'trellis-test-')));
    await installNodeRuntimes(['22', '24'], state.nodesFile, () => undefined);
    // The repository's SDK in place of the one of Lambda's runtimes, which is downloaded for an app.
    writeFileSync(state.sdkFile, JSON.stringify({ folder: process.cwd() }), { mode: 0o600 });
    return new Emulator(state, await launch(state, without), without);
  }

  get instance(): Instance {
    return this.started.instance;
  }

  get pid(): number {
    return this.started.instance.pid;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.started.instance.port}`;
  }

  get client() {
    return { endpoint: this.endpoint, region: 'us-east-1', credentials: this.instance.credentials };
  }

  /** Creates or updates a stack and returns its outputs. */
  async deploy(name: string, template: Template, update = false): Promise<Record<string, string>> {
    const cloudFormation = new CloudFormationClient(this.client);
    const input = {
      StackName: name,
      TemplateBody: JSON.stringify(template),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    } as const;
    const waiter = { client: cloudFormation, maxWaitTime: 110, minDelay: 0.05, maxDelay: 0.1 };
    if (update) {
      await cloudFormation.send(new UpdateStackCommand({ ...input, Capabilities: [...input.Capabilities] }));
      await waitUntilStackUpdateComplete(waiter, { StackName: name });
    } else {
      await cloudFormation.send(new CreateStackCommand({ ...input, Capabilities: [...input.Capabilities] }));
      await waitUntilStackCreateComplete(waiter, { StackName: name });
    }
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
    return Object.fromEntries(Stacks?.[0]?.Outputs?.map((o) => [o.OutputKey, o.OutputValue]) ?? []);
  }

  async invoke(functionName: string, event: unknown = {}): Promise<any> {
    const lambda = new LambdaClient(this.client);
    const { Payload } = await lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) }),
    );
    return JSON.parse(Buffer.from(Payload ?? []).toString() || 'null');
  }

  async save(): Promise<void> {
    await callControl(this.instance, '/_trellis/save', { method: 'POST', timeout: 10_000 });
  }

  async kill(): Promise<void> {
    process.kill(this.pid, 'SIGKILL');
    await this.started.ended;
  }

  /** Waits for a save of a later state than this time, in milliseconds: the emulator saves while it is used. */
  async savedAfter(time: number): Promise<void> {
    const folder = join(this.state.dataDir, 'saves');
    const newest = () => {
      const manifests = readdirSync(folder)
        .filter((name) => /^\d+\.json$/.test(name))
        .sort();
      const manifest = manifests.at(-1);
      return manifest ? JSON.parse(readFileSync(join(folder, manifest), 'utf8')).save.takenAt * 1000 : 0;
    };
    await eventually(newest, (takenAt) => takenAt >= time);
  }

  /** Stops it and keeps what it holds. */
  async halt(log?: (line: string) => void): Promise<StopReport> {
    return stopEmulator(this.started.instance, this.state, log);
  }

  /** State that the last start loaded. */
  get loaded(): LoadedState {
    return this.started.loaded;
  }

  async restart(): Promise<void> {
    this.started = await launch(this.state, this.without);
  }

  async stop(): Promise<void> {
    await stopEmulator(this.started.instance, this.state);
    rmSync(this.state.folder, { recursive: true, force: true });
  }
}

async function launch(state: ProjectState, without: readonly string[]): Promise<StartedEmulator> {
  process.env.TRELLIS_LOCAL_WITHOUT = without.join(',');
  process.env.TRELLIS_LOCAL_SAVE_SECONDS = '0.2';
  try {
    const python = await installEmulator(() => undefined);
    return await startEmulator(python, await claimPort(0), state, true);
  } finally {
    delete process.env.TRELLIS_LOCAL_WITHOUT;
    delete process.env.TRELLIS_LOCAL_SAVE_SECONDS;
  }
}

/** A function and its role, as resources of a template. */
export function inlineFunction(
  id: string,
  code: string,
  props: object = {},
  statements: object[] = [],
): Template {
  return {
    [`${id}Role`]: roleFor('lambda', statements, { RoleName: `${id}Role` }),
    [id]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: id,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': [`${id}Role`, 'Arn'] },
        Code: { ZipFile: code },
        ...props,
      },
    },
  };
}

/** The files of a folder as a zip archive. */
export function zipOf(folder: string): Buffer {
  const file = `${folder}.zip`;
  execFileSync(
    'python3',
    ['-m', 'zipfile', '-c', file, ...execFileSync('ls', [folder], { encoding: 'utf8' }).trim().split('\n')],
    { cwd: folder },
  );
  return readFileSync(file);
}

/** Returns true if a process runs: one that has ended stays as a zombie until its parent reads its status. */
export function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}
