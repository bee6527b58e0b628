import { join } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type {
  BuildError,
  BuildResult,
  Outcome,
  ProjectRequest,
  Resolution,
  ResolveRequest,
  Response,
  Job as ThreadJob,
  VendorRequest,
} from './worker/protocol.mjs';

/** Fields of the signal: the number of open jobs and the number of responses. */
const OPEN_JOBS = 0;
const RESPONSES = 1;

/** Value of the first field after the thread has stopped listening. */
const CLOSED = -1;

/** Longest wait for a response: no bundle takes this long, so the thread has stopped. */
const TIMEOUT_MILLISECONDS = 300_000;

/**
 * Functions per message to the worker: batching amortizes the cost of a message and of a run of esbuild. The rest is
 * sent when a result is waited for.
 */
const BATCH_SIZE = 32;

interface Thread {
  readonly port: MessagePort;
  readonly signal: Int32Array<SharedArrayBuffer>;
  /** Jobs that have not been sent to the thread. */
  readonly pending: ThreadJob[];
}

let current: Thread | undefined;
let jobs = 0;
const outcomes = new Map<number, Outcome>();

/** A job of the worker thread, which runs while the main thread continues. */
export class Job<Result> {
  /**
   * The time of creation, in milliseconds: the result may be based on the old or the new content of files saved later.
   */
  public readonly since = Date.now();
  private readonly id: number;
  private readonly thread: Thread;

  private constructor(request: ProjectRequest | VendorRequest | ResolveRequest) {
    jobs += 1;
    this.id = jobs;
    this.thread = threadWithJob();
    this.thread.pending.push({ id: this.id, ...request });
    if (request.pass !== 'project' || this.thread.pending.length >= BATCH_SIZE) flush(this.thread);
  }

  /** Bundles the project's code of a function or a shared layer. */
  static project(request: Omit<ProjectRequest, 'pass'>): Job<BuildResult> {
    return new Job({ pass: 'project', ...request });
  }

  /** Builds a dependency layer. */
  static vendor(request: Omit<VendorRequest, 'pass'>): Job<BuildResult> {
    return new Job({ pass: 'vendor', ...request });
  }

  /** Resolves an import to a file. */
  static resolve(request: Omit<ResolveRequest, 'pass'>): Job<Resolution> {
    return new Job({ pass: 'resolve', ...request });
  }

  /** Blocks until the job is done: a construct cannot be awaited. */
  public wait(): { readonly result: Result } | { readonly errors: readonly BuildError[] } {
    const outcome = outcomeOf(this.id, this.thread);
    if ('crash' in outcome) throw new Error(`The bundler failed: ${outcome.crash}`);
    return outcome as { result: Result } | { errors: BuildError[] };
  }
}

/** Returns the file to which the bundler resolves an import, and the settings it depends on, as absolute paths. */
export function resolveImport(request: Omit<ResolveRequest, 'pass'>): Resolution {
  const outcome = Job.resolve(request).wait();
  return 'result' in outcome ? outcome.result : { inputs: [], absent: [] };
}

function outcomeOf(id: number, thread: Thread): Outcome {
  const { port, signal } = thread;
  flush(thread);
  for (;;) {
    const seen = Atomics.load(signal, RESPONSES);
    for (let next = receive(port); next; next = receive(port)) {
      for (const { id, outcome } of next) outcomes.set(id, outcome);
    }
    const outcome = outcomes.get(id);
    if (outcome) {
      outcomes.delete(id);
      return outcome;
    }
    if (Atomics.wait(signal, RESPONSES, seen, TIMEOUT_MILLISECONDS) !== 'timed-out') continue;
    current = undefined;
    throw new Error(
      'The bundler did not respond within 5 minutes. Check that `esbuild` is installed for this platform.',
    );
  }
}

function flush({ port, pending }: Thread): void {
  if (pending.length > 0) port.postMessage(pending.splice(0));
}

function receive(port: MessagePort): Response[] | undefined {
  return (receiveMessageOnPort(port) as { message: Response[] } | undefined)?.message;
}

/**
 * Returns the running thread, or starts one. The job is counted at once, so that the thread does not stop before it
 * receives it.
 */
function threadWithJob(): Thread {
  while (current) {
    const open = Atomics.load(current.signal, OPEN_JOBS);
    if (open === CLOSED) break;
    if (Atomics.compareExchange(current.signal, OPEN_JOBS, open, open + 1) === open) return current;
  }
  current = start();
  return current;
}

function start(): Thread {
  const { port1: port, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(8));
  Atomics.store(signal, OPEN_JOBS, 1);
  const worker = new Worker(join(__dirname, 'worker', 'bundle-worker.mjs'), {
    workerData: { port: port2, signal },
    transferList: [port2],
    // The worker needs no compiler for the app's language: loading it would slow its start.
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: plugAndPlayOptions() },
  });
  worker.unref();
  port.unref();
  return { port, signal, pending: [] };
}

/** Returns the Node.js options with which Yarn's Plug'n'Play finds packages in its archives. */
function plugAndPlayOptions(): string {
  const options = process.env.NODE_OPTIONS ?? '';
  if (!process.versions.pnp) return '';
  return (options.match(/--(require|experimental-loader|import|loader)[ =]\S*\.pnp\.\S+/g) ?? []).join(' ');
}
