import { join } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type {
  Answer,
  BuildError,
  BuildResult,
  Outcome,
  ProjectRequest,
  Resolution,
  ResolveRequest,
  Job as ThreadJob,
  VendorRequest,
} from './worker/protocol.mjs';

/** The fields of the signal: how many jobs are under way, and how many answers there were. */
const OPEN_JOBS = 0;
const ANSWERS = 1;

/** What the first field is once the thread listens no more. */
const CLOSED = -1;

/** No bundle takes this long: the thread is gone. */
const PATIENCE_MILLISECONDS = 300_000;

/**
 * So many functions are told of at once: a run of esbuild and a message have a cost of their own, and what is left when
 * the app is complete is waited for.
 */
const ENOUGH = 32;

interface Thread {
  readonly port: MessagePort;
  readonly signal: Int32Array<SharedArrayBuffer>;
  /** What it has not been told of yet. */
  readonly untold: ThreadJob[];
}

let current: Thread | undefined;
let jobs = 0;
const outcomes = new Map<number, Outcome>();

/** Work that a thread does while this one goes on. */
export class Job<Result> {
  /** When it began: what depends on a file that was saved since then may be about its old or its new content. */
  public readonly since = Date.now();
  private readonly id: number;
  private readonly thread: Thread;

  private constructor(request: ProjectRequest | VendorRequest | ResolveRequest) {
    jobs += 1;
    this.id = jobs;
    this.thread = threadWithJob();
    this.thread.untold.push({ id: this.id, ...request });
    if (request.pass !== 'project' || this.thread.untold.length >= ENOUGH) tell(this.thread);
  }

  /** Bundles the project's code of a function or a shared layer. */
  static project(request: Omit<ProjectRequest, 'pass'>): Job<BuildResult> {
    return new Job({ pass: 'project', ...request });
  }

  /** Builds an automatic layer. */
  static vendor(request: Omit<VendorRequest, 'pass'>): Job<BuildResult> {
    return new Job({ pass: 'vendor', ...request });
  }

  /** Finds the file that an import means. */
  static resolve(request: Omit<ResolveRequest, 'pass'>): Job<Resolution> {
    return new Job({ pass: 'resolve', ...request });
  }

  /** Waits for it: a construct cannot be awaited. */
  public finish(): { readonly result: Result } | { readonly errors: readonly BuildError[] } {
    const outcome = outcomeOf(this.id, this.thread);
    if ('crash' in outcome) throw new Error(`The bundler failed: ${outcome.crash}`);
    return outcome as { result: Result } | { errors: BuildError[] };
  }
}

/** The file that an import means to the bundler, and the settings that say so, by absolute paths. */
export function resolveImport(request: Omit<ResolveRequest, 'pass'>): Resolution {
  const outcome = Job.resolve(request).finish();
  return 'result' in outcome ? outcome.result : { inputs: [], absent: [] };
}

function outcomeOf(id: number, thread: Thread): Outcome {
  const { port, signal } = thread;
  tell(thread);
  for (;;) {
    const seen = Atomics.load(signal, ANSWERS);
    for (let next = receive(port); next; next = receive(port)) {
      for (const answer of next) outcomes.set(answer.id, answer.outcome);
    }
    const outcome = outcomes.get(id);
    if (outcome) {
      outcomes.delete(id);
      return outcome;
    }
    if (Atomics.wait(signal, ANSWERS, seen, PATIENCE_MILLISECONDS) !== 'timed-out') continue;
    current = undefined;
    throw new Error('The bundler has stopped without an answer. Is `esbuild` installed for this platform?');
  }
}

function tell({ port, untold }: Thread): void {
  if (untold.length > 0) port.postMessage(untold.splice(0));
}

function receive(port: MessagePort): Answer[] | undefined {
  return (receiveMessageOnPort(port) as { message: Answer[] } | undefined)?.message;
}

/** A thread that knows that it gets a job: it never leaves meanwhile. */
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
    // The compiler that runs the app has no business in the worker, and would slow its start.
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: plugAndPlay() },
  });
  worker.unref();
  port.unref();
  return { port, signal, untold: [] };
}

/** What Yarn's Plug'n'Play needs to find packages in its archives. */
function plugAndPlay(): string {
  const options = process.env.NODE_OPTIONS ?? '';
  if (!process.versions.pnp) return '';
  return (options.match(/--(require|experimental-loader|import|loader)[ =]\S*\.pnp\.\S+/g) ?? []).join(' ');
}
