// The templates for AWS: synthesized as `cdk synth` does, with cdk-nag in the app, then held against what AWS publishes:
// cfn-lint with its schemas, the service authorization reference, and service quotas.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cfnLint } from './cfn-lint.js';
import { guideErrors } from './guide.js';
import { withoutExceptions } from './iam/exceptions.js';
import { findingsOf } from './iam/findings.js';
import { Reference } from './iam/reference.js';
import { statementsOf } from './iam/statements.js';
import type { Templates } from './iam/template.js';
import { describeUse, exceeded, nearest, usesOf } from './quotas.js';

const root = join(__dirname, '../..');

async function main(): Promise<number> {
  const outdir = mkdtempSync(join(tmpdir(), 'trellis-templates-'));
  try {
    if (!synthesized(outdir)) return 1;
    const files = readdirSync(outdir).filter((name) => name.endsWith('.template.json'));
    if (files.length === 0) throw new Error('Expected templates, got none');
    const templates: Templates = Object.fromEntries(
      files.map((name) => [
        name.replace('.template.json', ''),
        JSON.parse(readFileSync(join(outdir, name), 'utf8')),
      ]),
    );
    const reference = await Reference.installed();
    const uses = usesOf(
      Object.fromEntries(
        Object.entries(templates).map(([stackName, template]) => [stackName, { template, stackName }]),
      ),
    );
    const wrong = [
      ...(await cfnLint(files.map((name) => join(outdir, name)))),
      ...withoutExceptions(findingsOf(templates, reference)),
      ...guideErrors(templates, reference),
      ...exceeded(uses).map((use) => `exceeds a quota: ${describeUse(use)}`),
    ];
    for (const use of uses.filter(({ name }) => name === 'resources')) console.log(describeUse(use));
    console.log(`\nNearest to their quotas:\n${nearest(uses).map(describeUse).join('\n')}\n`);
    for (const line of wrong) console.log(line);
    console.log(
      `${files.length} templates, ${statementsOf(templates).length} statements of policies: ${wrong.length || 'no'} findings`,
    );
    return wrong.length === 0 ? 0 : 1;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function synthesized(outdir: string): boolean {
  const { TRELLIS_TARGET: _target, ...env } = process.env;
  const synth = spawnSync(
    process.execPath,
    [join(root, 'node_modules/aws-cdk/bin/cdk'), 'synth', '--quiet', '--no-notices', '--output', outdir],
    { cwd: root, stdio: 'inherit', env },
  );
  return synth.status === 0;
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
