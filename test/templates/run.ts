// The templates for AWS: synthesized as `cdk synth` does, with cdk-nag in the app, then checked by cfn-lint.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cfnLint } from './cfn-lint.js';

const root = join(__dirname, '../..');

async function main(): Promise<number> {
  const outdir = mkdtempSync(join(tmpdir(), 'trellis-templates-'));
  try {
    const { TRELLIS_TARGET: _target, ...env } = process.env;
    const synth = spawnSync(
      process.execPath,
      [join(root, 'node_modules/aws-cdk/bin/cdk'), 'synth', '--quiet', '--no-notices', '--output', outdir],
      { cwd: root, stdio: 'inherit', env },
    );
    if (synth.status !== 0) return 1;
    const templates = readdirSync(outdir).filter((name) => name.endsWith('.template.json'));
    if (templates.length === 0) throw new Error('Expected templates, got none');
    const { status, output } = await cfnLint(templates.map((name) => join(outdir, name)));
    process.stdout.write(output);
    console.log(`${templates.length} templates: ${status === 0 ? 'no finding' : 'cfn-lint has findings'}`);
    return status === 0 ? 0 : 1;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
