import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { installPythonTools } from '../../lib/local/python.js';

interface Match {
  readonly Filename: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: readonly (string | number)[] };
}

/**
 * Returns the findings of AWS's linter of CloudFormation templates, a line each. It also checks properties against the
 * schemas of resources, state machines against the Amazon States Language, and templates against their quotas.
 */
export async function cfnLint(files: readonly string[]): Promise<string[]> {
  const python = await installPythonTools(join(__dirname, 'requirements.txt'), 'cfn-lint', console.log);
  const command = 'import sys; from cfnlint.runner import main; sys.exit(main())';
  const { stdout, stderr } = spawnSync(python, ['-c', command, '--format', 'json', '--', ...files], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!stdout.startsWith('[')) throw new Error(`cfn-lint failed:\n${stdout}${stderr}`);
  return (JSON.parse(stdout) as Match[])
    .filter((match) => !isRoleOfCdk(match))
    .map(({ Filename, Message, Rule, Location }) => {
      return `${Rule.Id} ${Message} (${basename(Filename)}: ${Location.Path.join('/')})`;
    });
}

/** CDK writes a dependency of functions and state machines on their role that its ARN implies: harmless. */
function isRoleOfCdk({ Filename, Message, Rule }: Match): boolean {
  if (Rule.Id !== 'W3005') return false;
  const [, id = ''] = /^'(\w+)'/.exec(Message) ?? [];
  return JSON.parse(readFileSync(Filename, 'utf8')).Resources[id]?.Type === 'AWS::IAM::Role';
}
