import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installPythonTools } from '../../lib/local/python.js';

/**
 * - W3005: CDK writes a dependency on a function's role that its ARN implies already: superfluous, and harmless
 * - E3601: the linter reads a state machine's definition before its substitutions, and takes `arn:${Partition}:states:::`
 *   for no ARN; test/workflow validates the definitions as Step Functions gets them
 */
const IGNORED = ['W3005', 'E3601'];

/** What AWS's linter of CloudFormation templates finds in them; it is installed the first time. */
export async function cfnLint(files: readonly string[]): Promise<{ status: number | null; output: string }> {
  const python = await installPythonTools(join(__dirname, 'requirements.txt'), 'cfn-lint', console.log);
  const command = 'import sys; from cfnlint.runner import main; sys.exit(main())';
  const args = ['-c', command, '--ignore-checks', ...IGNORED, '--', ...files];
  const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}
