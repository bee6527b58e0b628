// @ts-check
import * as worker from 'node:worker_threads';
import { errorsOf } from './errors.mjs';
import { projectPass } from './project-pass.mjs';
import { resolveImport } from './resolve.mjs';
import { vendorPass } from './vendor-pass.mjs';

/**
 * The worker thread that runs esbuild. esbuild's synchronous API knows no plugins and the asynchronous one cannot
 * be awaited from a construct, so the main thread waits on `signal` while this thread does the work.
 *
 * Plain JavaScript: it must start under tsx, jest and node without any of their compilers.
 *
 * @typedef {import('./protocol.mjs').Job} Job
 */

/** The fields of the signal, and how its first says that nobody listens any more; see bundle-thread.ts. */
const OPEN_JOBS = 0;
const ANSWERS = 1;
const CLOSED = -1;

/** A thread nobody asks anything for this long ends, and esbuild's process with it: test runs make many. */
const IDLE_MILLISECONDS = 2000;

const { port, signal } = /** @type {{ port: worker.MessagePort, signal: Int32Array }} */ (worker.workerData);
const loading = import('esbuild').then(async (esbuild) => {
  // Starts its process, while the app goes on.
  await esbuild.transform('');
  return esbuild;
});
// Whoever needs it is told.
loading.catch(() => undefined);

/** @type {Exclude<Job, { pass: 'vendor' | 'resolve' }>[]} */
let waiting = [];
let isBundling = false;
/** @type {NodeJS.Timeout | undefined} */
let leave;

port.on('message', (/** @type {Job[]} */ jobs) => {
  clearTimeout(leave);
  for (const job of jobs) {
    if (job.pass === 'vendor') alone(job, (esbuild) => vendorPass(esbuild, job.store, job.set));
    else if (job.pass === 'resolve') alone(job, (esbuild) => resolveImport(esbuild, job));
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
      await project(
        store,
        jobs.filter((job) => job.store === store),
      );
    }
  }
  isBundling = false;
}

/** @param {string} store @param {typeof waiting} jobs */
async function project(store, jobs) {
  const units = jobs.map((job) => job.unit);
  try {
    const outcomes = await projectPass(await loading, store, units);
    answer(
      jobs.map(({ id }, index) => {
        const unit = /** @type {import('./protocol.mjs').Unit} */ (units[index]);
        return { id, outcome: outcomes.get(unit) ?? { crash: 'a function was forgotten' } };
      }),
    );
  } catch (error) {
    answer(jobs.map(({ id }) => ({ id, outcome: { crash: stackOf(error) } })));
  }
}

/**
 * @param {Job} job
 * @param {(esbuild: typeof import('esbuild')) => Promise<Extract<import('./protocol.mjs').Outcome, { result: unknown }>['result']>} work
 */
async function alone(job, work) {
  try {
    const outcome = await work(await loading).then(
      (result) => ({ result }),
      (error) => ({ errors: errorsOf(error) }),
    );
    answer([{ id: job.id, outcome }]);
  } catch (error) {
    answer([{ id: job.id, outcome: { crash: stackOf(error) } }]);
  }
}

/** @param {import('./protocol.mjs').Answer[]} answers */
function answer(answers) {
  port.postMessage(answers);
  Atomics.sub(signal, OPEN_JOBS, answers.length);
  Atomics.add(signal, ANSWERS, 1);
  Atomics.notify(signal, ANSWERS);
  clearTimeout(leave);
  leave = setTimeout(close, IDLE_MILLISECONDS);
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
