import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Expectation } from './jest-run.js';
import { LEFT_OUT, reasonFor, type SuiteTarget } from './left-out.js';
import { targetsPage } from './targets-page.js';

/** Results of the last run on a target: "pass", or the reason for which it was left out, by file and name. */
export type Results = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A target that the page has a column for. */
export type ListedTarget = Exclude<SuiteTarget, 'foreign'>;

const root = join(__dirname, '../..');
const PAGE = join(root, 'docs/targets.md');
const fileOf = (target: ListedTarget) => join(__dirname, `results/${target}.json`);

export function readResults(target: ListedTarget): Results {
  return existsSync(fileOf(target)) ? JSON.parse(readFileSync(fileOf(target), 'utf8')) : {};
}

export function resultsOf(target: SuiteTarget, expectations: readonly Expectation[]): Results {
  const results: Record<string, Record<string, string>> = {};
  for (const { file, name, status } of [...expectations].sort(byFile)) {
    results[file] ??= {};
    results[file][name] = status === 'passed' ? 'pass' : (reasonFor(LEFT_OUT[target], file, name) ?? status);
  }
  return results;
}

const byFile = (one: Expectation, other: Expectation) =>
  one.file < other.file ? -1 : one.file > other.file ? 1 : 0;

/**
 * Writes the results of a run in which nothing failed, and the page made of them.
 *
 * @returns the files that were other than they are now
 */
export function writeResults(target: ListedTarget, expectations: readonly Expectation[]): string[] {
  mkdirSync(join(__dirname, 'results'), { recursive: true });
  const results = `${JSON.stringify(resultsOf(target, expectations), null, 2)}\n`;
  const changed = write(fileOf(target), results);
  return [...changed, ...write(PAGE, currentPage())];
}

export function currentPage(): string {
  return targetsPage({ local: readResults('local'), localstack: readResults('localstack') });
}

function write(file: string, text: string): string[] {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return [];
  writeFileSync(file, text);
  return [file.slice(root.length + 1)];
}

/**
 * Reports what ran, and what was left out for which reason, and writes the table, except for a target that it does not list.
 *
 * @returns 1 when the table has changed in CI, where the change cannot be committed
 */
export function conclude(
  target: SuiteTarget,
  outcome: { readonly failed: number; readonly expectations: readonly Expectation[] },
): number {
  const { failed, expectations } = outcome;
  const ran = expectations.filter(({ status }) => status !== 'left out');
  const reasons = new Map<string, number>();
  for (const { file, name, status } of expectations) {
    if (status !== 'left out') continue;
    const reason = reasonFor(LEFT_OUT[target], file, name) ?? 'skipped in its file';
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  console.log(`${ran.length} expectations ran, ${expectations.length - ran.length} were left out`);
  for (const [reason, count] of reasons) console.log(`  ${count}: ${reason}`);
  if (failed > 0 || target === 'foreign') return 0;
  const changed = writeResults(target, expectations);
  if (changed.length === 0) return 0;
  console.log(
    `${changed.join(' and ')} ${changed.length > 1 ? 'were' : 'was'} out of date: commit what is there now.`,
  );
  return process.env.CI ? 1 : 0;
}
