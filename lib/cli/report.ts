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
  /** The folder of the synthesized app. */
  readonly app: string;
  /** What the app in the working directory is synthesized for first. @default - it is taken as it is in `app` */
  readonly target?: 'local' | 'localstack';
}

/** Shows what a synthesized app is not on its target: what was left out, replaced, or has no effect there. */
export async function report({ json = false, app, target }: ReportOptions): Promise<void> {
  const found = target ? await reportFor(target) : reportIn(resolve(app));
  console.log(json ? JSON.stringify(found, null, 2) : described(found));
}

async function reportFor(target: 'local' | 'localstack'): Promise<TargetReport> {
  const assemblyDir = mkdtempSync(join(tmpdir(), 'trellis-report-'));
  try {
    await synthesizeApp({ projectDir: process.cwd(), assemblyDir, target, log: console.error });
    return reportIn(assemblyDir);
  } finally {
    rmSync(assemblyDir, { recursive: true, force: true });
  }
}

function reportIn(folder: string): TargetReport {
  const found = readReport(folder);
  if (found) return found;
  const what = existsSync(join(folder, 'manifest.json'))
    ? 'was synthesized without the constructs of cdk-trellis (call `applyTarget(app)`)'
    : 'has no synthesized app';
  throw new LocalCloudError(
    `Expected the report of a target in ${folder}, but the folder ${what}.\nName a target to synthesize for with \`--target local\` (or localstack), or the folder with \`--app\`.`,
  );
}

const SECTIONS: Readonly<Record<ReportedDifference['what'], string>> = {
  'left out': 'Left out',
  replaced: 'Replaced',
  'without effect': 'Without effect',
};

function described(found: TargetReport): string {
  const sections = Object.entries(SECTIONS).flatMap(([what, title]) => {
    const own = found.differences.filter((difference) => difference.what === what);
    return own.length > 0 ? [[title, ...grouped(own)].join('\n')] : [];
  });
  return [summaryOf(found), ...sections].join('\n\n');
}

/** Resources of one type have one reason. */
function grouped(differences: readonly ReportedDifference[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { type, property, path, why, instead } of differences) {
    const reason = `  ${type}${property ? ` ${property}` : ''}: ${why}. Instead: ${instead}.`;
    groups.set(reason, [...(groups.get(reason) ?? []), `    ${path}`]);
  }
  return [...groups].flatMap(([reason, paths]) => [reason, ...paths]);
}
