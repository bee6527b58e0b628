// The templates for AWS: synthesized as `cdk synth` does, with cdk-nag in the app, then checked by cfn-lint.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPythonTools } from '../../lib/local/python.js';

const root = join(__dirname, '../..');

/** CDK writes a dependency on a function's role that its ARN implies already: superfluous, and harmless. */
const IGNORED = ['W3005'];

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
    const python = await installPythonTools(join(__dirname, 'requirements.txt'), 'cfn-lint', console.log);
    const lint = spawnSync(
      python,
      [
        '-c',
        'import sys; from cfnlint.runner import main; sys.exit(main())',
        '--ignore-checks',
        ...IGNORED,
        '--',
        ...templates.map((name) => join(outdir, name)),
      ],
      { stdio: 'inherit' },
    );
    console.log(
      `${templates.length} templates: ${lint.status === 0 ? 'no finding' : 'cfn-lint has findings'}`,
    );
    return lint.status === 0 ? 0 : 1;
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
