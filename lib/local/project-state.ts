import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { callControl } from './control.js';
import type { Instance } from './instance.js';
import { privateFolder, privateProjectFolder } from './private-files.js';
import { replaceFile } from './replace-file.js';

/** Where a project keeps its local cloud: what runs, its data, its log. */
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
  get assemblyDir(): string {
    return join(this.folder, 'cdk.out');
  }
  /** Written after the state it describes is saved, and gone with it. */
  get deployedFile(): string {
    return join(this.dataDir, 'deployed.json');
  }
  /** Where the site of the app was served last. */
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

/** The instance, if it answers under its own name; anything else on its port is somebody else. */
export async function running(instance: Instance | undefined): Promise<Instance | undefined> {
  if (!instance) return undefined;
  // A connection that was kept may have been closed by the emulator meanwhile: the second attempt makes a new one.
  return (await answering(instance)) ?? (await answering(instance));
}

async function answering(instance: Instance): Promise<Instance | undefined> {
  try {
    const answer = await callControl(instance, '/_trellis/instance', { timeout: 10_000 });
    const own = (await answer.json()) as { instance?: string; pid?: number };
    return own.instance === instance.instance && own.pid ? { ...instance, pid: own.pid } : undefined;
  } catch {
    return undefined;
  }
}

export function readJson<T>(file: string): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    // Cut short by a crash: as good as absent.
    return undefined;
  }
}

export function writeJson(file: string, value: unknown): void {
  replaceFile(file, `${JSON.stringify(value, null, 2)}\n`);
}
