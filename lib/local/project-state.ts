import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { callControl } from './control.js';
import type { Instance } from './instance.js';
import { privateFolder, privateProjectFolder } from './private-files.js';
import { replaceFile } from './replace-file.js';

/** Files of a project's local cloud: the running instance, its data and its log. */
export class ProjectState {
  constructor(readonly folder: string) {
    privateProjectFolder(folder, [this.assemblyDir]);
    privateFolder(this.dataDir);
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }
  get logFile(): string {
    return join(this.folder, 'emulator.log');
  }
  get denialsFile(): string {
    return join(this.folder, 'denials.jsonl');
  }
  get nodesFile(): string {
    return join(this.folder, 'nodes.json');
  }
  /** File with the folder of the AWS SDK for code that does not bring it. */
  get sdkFile(): string {
    return join(this.folder, 'sdk.json');
  }
  get assemblyDir(): string {
    return join(this.folder, 'cdk.out');
  }
  /** File of the last deployment. It is in the data folder, and written after the data is saved. */
  get deployedFile(): string {
    return join(this.dataDir, 'deployed.json');
  }
  /** File with the last port of the app's site. */
  get edgeFile(): string {
    return join(this.folder, 'edge.json');
  }
  get lockFile(): string {
    return join(this.folder, 'lock');
  }
  private get instanceFile(): string {
    return join(this.folder, 'state.json');
  }

  read(): Instance | undefined {
    return readJson<Instance>(this.instanceFile);
  }

  write(instance: Instance): void {
    writeJson(this.instanceFile, instance);
  }

  forget(): void {
    rmSync(this.instanceFile, { force: true });
  }

  /** Deletes everything that was deployed and stored. */
  deleteData(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Returns the instance if it responds with its own name: another process may use its port. */
export async function findRunning(instance: Instance | undefined): Promise<Instance | undefined> {
  if (!instance) return undefined;
  // The emulator may have closed a kept-alive connection: the second attempt opens a new one.
  return (await probe(instance)) ?? (await probe(instance));
}

async function probe(instance: Instance): Promise<Instance | undefined> {
  try {
    const response = await callControl(instance, '/_trellis/instance', { timeout: 10_000 });
    const actual = (await response.json()) as { instance?: string; pid?: number };
    return actual.instance === instance.instance && actual.pid ? { ...instance, pid: actual.pid } : undefined;
  } catch {
    return undefined;
  }
}

export function readJson<T>(file: string): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    // A crash has truncated the file: treat it as missing.
    return undefined;
  }
}

export function writeJson(file: string, value: unknown): void {
  replaceFile(file, `${JSON.stringify(value, null, 2)}\n`);
}
