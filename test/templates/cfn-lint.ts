import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installPythonTools } from '../../lib/local/python.js';

/** CDK writes a dependency on a function's role that its ARN implies already: superfluous, and harmless. */
const IGNORED = ['W3005'];

/** What AWS's linter of CloudFormation templates finds in them; it is installed the first time. */
export async function cfnLint(files: readonly string[]): Promise<{ status: number | null; output: string }> {
  const python = await installPythonTools(join(__dirname, 'requirements.txt'), 'cfn-lint', console.log);
  const command = 'import sys; from cfnlint.runner import main; sys.exit(main())';
  const args = ['-c', command, '--ignore-checks', ...IGNORED, '--', ...files];
  const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}
