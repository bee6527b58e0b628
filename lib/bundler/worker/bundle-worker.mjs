// @ts-check
import * as worker from 'node:worker_threads';
import { errorsOf } from './errors.mjs';
import { projectPass } from './project-pass.mjs';
import { resolveImport } from './resolve.mjs';
import { vendorPass } from './vendor-pass.mjs';

/**
 * The worker thread that runs esbuild. esbuild's synchronous API has no plugins, and the asynchronous one cannot be
 * awaited in a construct. The main thread therefore waits on `signal` while this thread works.
 *
 * Plain JavaScript, because it must start under tsx, jest and node without their compilers.
 *
 * @typedef {import('./protocol.mjs').Job} Job
 */

/** Fields of the signal, and the value of the first after the thread has stopped listening; see bundle-thread.ts. */
const OPEN_JOBS = 0;
const RESPONSES = 1;
const CLOSED = -1;

/** Time after which an idle thread stops, together with esbuild's process: test runs create many. */
const IDLE_MILLISECONDS = 2000;

const { port, signal } = /** @type {{ port: worker.MessagePort, signal: Int32Array }} */ (worker.workerData);
const loading = import('esbuild').then(async (esbuild) => {
  // Starts esbuild's process while the app continues.
  await esbuild.transform('');
  return esbuild;
});
// Each job that awaits it reports the error.
loading.catch(() => undefined);

/** @type {Exclude<Job, { pass: 'vendor' | 'resolve' }>[]} */
let waiting = [];
let isBundling = false;
/** @type {NodeJS.Timeout | undefined} */
let idleTimer;

port.on('message', (/** @type {Job[]} */ jobs) => {
  clearTimeout(idleTimer);
  for (const job of jobs) {
    if (job.pass === 'vendor') runAlone(job, (esbuild) => vendorPass(esbuild, job.store, job.set));
    else if (job.pass === 'resolve') runAlone(job, (esbuild) => resolveImport(esbuild, job));
    else waiting.push(job);
  }
  bundleWaiting();
});

async function bundleWaiting() {
  if (isBundling) return;
  isBundling = true;
  while (waiting.length > 0) {
    const jobs = waiting;
    waiting = [];
    for (const store of new Set(jobs.map((job) => job.store))) {
      await bundle(
        store,
        jobs.filter((job) => job.store === store),
      );
    }
  }
  isBundling = false;
}

/** @param {string} store @param {typeof waiting} jobs */
async function bundle(store, jobs) {
  const units = jobs.map((job) => job.unit);
  try {
    const outcomes = await projectPass(await loading, store, units);
    respond(
      jobs.map(({ id }, index) => {
        const unit = /** @type {import('./protocol.mjs').Unit} */ (units[index]);
        return {
          id,
          outcome: outcomes.get(unit) ?? { crash: 'the pass returned no outcome for a function' },
        };
      }),
    );
  } catch (error) {
    respond(jobs.map(({ id }) => ({ id, outcome: { crash: stackOf(error) } })));
  }
}

/**
 * @param {Job} job
 * @param {(esbuild: typeof import('esbuild')) => Promise<Extract<import('./protocol.mjs').Outcome, { result: unknown }>['result']>} work
 */
async function runAlone(job, work) {
  try {
    const outcome = await work(await loading).then(
      (result) => ({ result }),
      (error) => ({ errors: errorsOf(error) }),
    );
    respond([{ id: job.id, outcome }]);
  } catch (error) {
    respond([{ id: job.id, outcome: { crash: stackOf(error) } }]);
  }
}

/** @param {import('./protocol.mjs').Response[]} responses */
function respond(responses) {
  port.postMessage(responses);
  Atomics.sub(signal, OPEN_JOBS, responses.length);
  Atomics.add(signal, RESPONSES, 1);
  Atomics.notify(signal, RESPONSES);
  clearTimeout(idleTimer);
  idleTimer = setTimeout(close, IDLE_MILLISECONDS);
}

/** @param {unknown} error */
function stackOf(error) {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function close() {
  if (Atomics.compareExchange(signal, OPEN_JOBS, 0, CLOSED) !== 0) return;
  const esbuild = await loading;
  await esbuild.stop();
  port.close();
}
