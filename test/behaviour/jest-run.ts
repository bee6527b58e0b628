import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { entryFor, LEFT_OUT, type SuiteTarget, unused } from './left-out.js';

const root = join(__dirname, '../..');

export interface Expectation {
  /** Its file, from the folder of its project's tests on. */
  readonly file: string;
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'left out';
}

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly expectations: readonly Expectation[];
}

/** Runs a project of jest.config.cjs, one test after the other. What it prints goes to the terminal. */
export function runJest(
  project: string,
  target: SuiteTarget,
  folder: string,
  env: Readonly<Record<string, string>>,
): Outcome {
  const report = join(folder, `${project}.json`);
  const leftOut = join(folder, 'left-out.json');
  writeFileSync(leftOut, JSON.stringify(LEFT_OUT[target]));
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/jest/bin/jest.js'),
      `--selectProjects=${project}`,
      '--runInBand',
      '--json',
      `--outputFile=${report}`,
    ],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...env, TRELLIS_LEFT_OUT: leftOut },
    },
  );
  const { numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const expectations: Expectation[] = testResults.flatMap(({ name, assertionResults }: any) =>
    assertionResults.map((result: any) => expectation(target, name, result)),
  );
  return {
    passed: expectations.filter((one) => one.status === 'passed').length,
    // A denied call fails the run after its tests.
    failed: status === 0 ? 0 : Math.max(numFailedTests, 1),
    expectations,
  };
}

function expectation(target: SuiteTarget, path: string, result: any): Expectation {
  const file = relative(join(root, 'test'), path).replace(/^behaviour\//, '');
  const name = [...result.ancestorTitles, result.title].join(' › ');
  // What was tried and failed as expected counts as passed for Jest.
  const hasFailed = result.status === 'passed' && entryFor(LEFT_OUT[target], file, name)?.tried === true;
  return { file, name, status: result.status === 'pending' || hasFailed ? 'left out' : result.status };
}

/** Reports entries of LEFT_OUT that match no expectation, and returns their number: they count as failures. */
export function unusedEntries(target: SuiteTarget, expectations: readonly Expectation[]): number {
  const entries = unused(LEFT_OUT[target], expectations);
  for (const entry of entries)
    console.error(`test/behaviour/left-out.ts leaves out what is not there: ${entry}`);
  return entries.length;
}
