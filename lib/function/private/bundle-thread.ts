import { join } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type {
  ProjectRequest,
  ProjectResult,
  Request,
  Response,
  VendorRequest,
  VendorResult,
} from './worker/protocol.mjs';

/** The states of the signal; see worker/bundle-worker.mjs. */
const IDLE = 0;
const BUSY = 1;

/** No bundle takes this long: the thread is gone. */
const PATIENCE_MILLISECONDS = 300_000;

interface Thread {
  readonly port: MessagePort;
  readonly signal: Int32Array<SharedArrayBuffer>;
}

let thread: Thread | undefined;

/** Bundles the project's code of the units. */
export function bundleProject(request: Omit<ProjectRequest, 'pass'>): ProjectResult {
  return (ask({ pass: 'project', ...request }) as { project: ProjectResult }).project;
}

/** Builds automatic layers. */
export function bundleVendors(request: Omit<VendorRequest, 'pass'>): VendorResult {
  return (ask({ pass: 'vendor', ...request }) as { vendor: VendorResult }).vendor;
}

/** Sends a job to the thread and waits for its answer: a construct cannot be awaited. */
function ask(request: Request): Response {
  thread = thread && Atomics.compareExchange(thread.signal, 0, IDLE, BUSY) === IDLE ? thread : start();
  const { port, signal } = thread;
  port.postMessage(request);
  const outcome = Atomics.wait(signal, 0, BUSY, PATIENCE_MILLISECONDS);
  const received = receiveMessageOnPort(port) as { message: Response } | undefined;
  if (outcome === 'timed-out' || !received) {
    thread = undefined;
    throw new Error('The bundler has stopped without an answer. Is `esbuild` installed for this platform?');
  }
  if ('crash' in received.message) throw new Error(`The bundler failed: ${received.message.crash}`);
  return received.message;
}

function start(): Thread {
  const { port1: port, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  Atomics.store(signal, 0, BUSY);
  const worker = new Worker(join(__dirname, 'worker', 'bundle-worker.mjs'), {
    workerData: { port: port2, signal },
    transferList: [port2],
    // The compiler that runs the app has no business in the worker, and would slow its start.
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  worker.unref();
  port.unref();
  return { port, signal };
}
