import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib/core';
import { securityFindings } from 'cdk-trellis/testing';

/** Returns the unacknowledged findings of cdk-nag's packs AwsSolutions and Serverless in a stack for AWS. */
export function nagFindings(
  build: (stack: Stack) => void,
  context: Readonly<Record<string, unknown>> = {},
): string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'trellis-nag-'));
  try {
    const app = new App({ outdir, context });
    build(new Stack(app, 'Stack'));
    return securityFindings(app).map(({ rule, path }) => `${rule} at ${path}`);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
