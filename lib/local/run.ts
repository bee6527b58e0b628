import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

export interface RunResult {
  /** Exit code; `undefined` if the command could not be started. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command to its end. A failure is a result, not an error. An abort rejects when the command and all processes
 * that it started have ended.
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { signal, ...spawnOptions } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // A separate process group, so that an abort also ends the processes that the command started.
    const child = spawn(command, args, {
      ...spawnOptions,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (data) => {
      output.stdout += data;
    });
    child.stderr.on('data', (data) => {
      output.stderr += data;
    });
    const abort = () => endGroup(child.pid);
    signal?.addEventListener('abort', abort);
    child.on('error', (error) => resolve({ code: undefined, stdout: '', stderr: error.message }));
    child.on('close', (code) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(signal.reason);
      else resolve({ code: code ?? 1, ...output });
    });
  });
}

/** Kills a process group. */
export function endGroup(pid: number | undefined): void {
  try {
    if (pid) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** Returns the last lines of a text, for error messages. */
export function tail(text: string, lines = 15): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
