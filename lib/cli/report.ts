import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LocalCloudError, synthesizeApp } from '../local/index.js';
import {
  type ReportedDifference,
  readReport,
  summaryOf,
  type TargetReport,
} from '../target/target-report.js';

export interface ReportOptions {
  readonly json?: boolean;
  /** Folder of the synthesized app. */
  readonly app: string;
  /** Target to synthesize the app in the working directory for. @default - reads the synthesized app in `app` */
  readonly target?: 'local' | 'localstack';
}

/** Prints the resources of a synthesized app that its target leaves out or replaces, and settings without effect. */
export async function report({ json = false, app, target }: ReportOptions): Promise<void> {
  const targetReport = target ? await synthesizeReport(target) : reportIn(resolve(app));
  console.log(json ? JSON.stringify(targetReport, null, 2) : formatReport(targetReport));
}

async function synthesizeReport(target: 'local' | 'localstack'): Promise<TargetReport> {
  const folder = mkdtempSync(join(tmpdir(), 'trellis-report-'));
  const assemblyDir = join(folder, 'cdk.out');
  try {
    await synthesizeApp({ projectDir: process.cwd(), assemblyDir, target, log: console.error });
    return reportIn(assemblyDir);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function reportIn(folder: string): TargetReport {
  const targetReport = readReport(folder);
  if (targetReport) return targetReport;
  const reason = existsSync(join(folder, 'manifest.json'))
    ? 'was synthesized without the constructs of cdk-trellis (call `applyTarget(app)`)'
    : 'has no synthesized app';
  throw new LocalCloudError(
    `Expected the report of a target in ${folder}, but the folder ${reason}.\nPass a target to synthesize for with \`--target local\` (or localstack), or the folder with \`--app\`.`,
  );
}

const SECTIONS: Readonly<Record<ReportedDifference['what'], string>> = {
  'left out': 'Left out',
  replaced: 'Replaced',
  'without effect': 'Without effect',
};

function formatReport(targetReport: TargetReport): string {
  const sections = Object.entries(SECTIONS).flatMap(([what, title]) => {
    const differences = targetReport.differences.filter((difference) => difference.what === what);
    return differences.length > 0 ? [[title, ...grouped(differences)].join('\n')] : [];
  });
  return [summaryOf(targetReport), ...sections].join('\n\n');
}

/** Groups the paths of resources with the same type and reason. */
function grouped(differences: readonly ReportedDifference[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { type, property, path, why, instead } of differences) {
    const reason = `  ${type}${property ? ` ${property}` : ''}: ${why}. Instead: ${instead}.`;
    groups.set(reason, [...(groups.get(reason) ?? []), `    ${path}`]);
  }
  return [...groups].flatMap(([reason, paths]) => [reason, ...paths]);
}
