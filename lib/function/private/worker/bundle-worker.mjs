// @ts-check
import * as worker from 'node:worker_threads';
import { projectPass } from './project-pass.mjs';
import { vendorPass } from './vendor-pass.mjs';

/**
 * The worker thread that runs esbuild. esbuild's synchronous API knows no plugins and the asynchronous one cannot
 * be awaited from a construct, so the main thread waits on `signal` while this thread does the work.
 *
 * Plain JavaScript: it must start under tsx, jest and node without any of their compilers.
 */

/** The states that both sides change by compare-and-exchange, so that a job is never sent to a worker that leaves. */
const IDLE = 0;
const CLOSED = 2;

/** A thread nobody asks anything for this long ends, and esbuild's process with it: test runs make many. */
const IDLE_MILLISECONDS = 2000;

const { port, signal } = /** @type {{ port: worker.MessagePort, signal: Int32Array }} */ (worker.workerData);
/** @type {NodeJS.Timeout | undefined} */
let leave;

port.on('message', async (/** @type {import('./protocol.mjs').Request} */ request) => {
  clearTimeout(leave);
  /** @type {import('./protocol.mjs').Response} */
  let response;
  try {
    const esbuild = await import('esbuild');
    response =
      request.pass === 'project'
        ? { project: await projectPass(esbuild, request) }
        : { vendor: await vendorPass(esbuild, request) };
  } catch (error) {
    response = { crash: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  port.postMessage(response);
  leave = setTimeout(close, IDLE_MILLISECONDS);
  Atomics.store(signal, 0, IDLE);
  Atomics.notify(signal, 0);
});

async function close() {
  if (Atomics.compareExchange(signal, 0, IDLE, CLOSED) !== IDLE) return;
  const esbuild = await import('esbuild');
  await esbuild.stop();
  port.close();
}
