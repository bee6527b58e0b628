import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';

/** What cdk-nag's packs AwsSolutions and Serverless find in a stack made for AWS, and nobody acknowledged. */
export function nagFindings(
  build: (stack: Stack) => void,
  context: Readonly<Record<string, unknown>> = {},
): string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'trellis-nag-'));
  try {
    const app = new App({ outdir, context });
    build(new Stack(app, 'Stack'));
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
    const report = join(outdir, 'validation-report.json');
    try {
      app.synth();
    } catch (error) {
      // Findings are thrown, too, after the report is written.
      if (!existsSync(report)) throw error;
    }
    if (!existsSync(report)) return [];
    const { pluginReports } = JSON.parse(readFileSync(report, 'utf8'));
    return pluginReports.flatMap(({ violations }: any) =>
      violations.flatMap(({ ruleName, violatingConstructs }: any) =>
        violatingConstructs.map(({ constructPath }: any) => `${ruleName} at ${constructPath}`),
      ),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
