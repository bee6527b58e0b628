import { type RunResult, run } from './run.js';

const FLAGS = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
/** npm's default retries take more than a minute. */
const RETRIES = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];

/** Installs packages into a folder of their own, without their scripts. A failure is a result, not an error. */
export function npmInstall(
  into: string,
  packages: readonly string[],
  signal?: AbortSignal,
): Promise<RunResult> {
  return run('npm', ['install', '--prefix', into, ...FLAGS, ...RETRIES, ...packages], { cwd: into, signal });
}
