import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './target.js';

/** The file of the report in the folder of the synthesized app. */
export const REPORT_FILE = 'target-report.json';

/** A resource or property that differs between the target and AWS. */
export interface ReportedDifference {
  readonly what: 'left out' | 'replaced' | 'without effect';
  readonly type: string;
  readonly property?: string;
  /** The path of the construct. */
  readonly path: string;
  readonly why: string;
  /** Its replacement or alternative. */
  readonly instead: string;
}

/** All differences between a synthesized app on its target and on AWS. */
export interface TargetReport {
  readonly target: Target;
  /** Name and version of the emulator; undefined on AWS. */
  readonly emulator?: string;
  readonly differences: readonly ReportedDifference[];
  /** Template files that were adapted at synth, by constructs of this library. */
  readonly fitted?: readonly string[];
}

export function writeReport(folder: string, report: TargetReport): void {
  writeFileSync(join(folder, REPORT_FILE), `${JSON.stringify(report, null, 2)}\n`);
}

/** Returns the report of the last synth; undefined if it does not exist. */
export function readReport(folder: string): TargetReport | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, REPORT_FILE), 'utf8')) as TargetReport;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Returns a report in one line. */
export function summaryOf({ target, emulator, differences }: TargetReport): string {
  const count = (what: ReportedDifference['what']) =>
    differences.filter((difference) => difference.what === what).length;
  if (differences.length === 0)
    return `Target ${target}${emulator ? ` (${emulator})` : ''}: everything as on AWS`;
  return `Target ${target} (${emulator}): ${resources(count('left out'))} left out, ${count('replaced')} replaced, ${count('without effect')} settings without effect (npx trellis report --target ${target})`;
}

function resources(count: number): string {
  return `${count} resource${count === 1 ? '' : 's'}`;
}
