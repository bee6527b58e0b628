import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { asUserError } from '../local/index.js';
import { outputFolder } from './assembly.js';
import type { DiffOptions } from './diff.js';
import { down } from './down.js';
import { info } from './info.js';
import { layers } from './layers.js';
import type { RedriveOptions } from './redrive.js';
import { report } from './report.js';
import { runbook } from './runbook.js';
import { up } from './up.js';

/** Runs the `trellis` command. Prints errors without a stack trace. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(argv);
  } catch (error) {
    const userError = asUserError(error);
    console.error(userError instanceof Error ? userError.message : String(userError));
    process.exitCode = 1;
  }
}

function libraryVersion(): string {
  return JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')).version;
}

function program(): Command {
  const output = outputFolder(process.cwd());
  const trellis = new Command('trellis')
    .description('Runs the CDK app in this folder on a local cloud: no account, no Docker, no token.')
    .version(libraryVersion());
  trellis
    .command('up')
    .description('start the local cloud, deploy the app to it, and stay until Ctrl-C')
    .option('--port <number>', 'port on 127.0.0.1 (default: TRELLIS_PORT, else 4566)', portNumber)
    .option('--detach', 'return when everything is deployed; `trellis down` stops it')
    .option('--replace-data', 'replace or delete resources with data without confirmation')
    .action(up);
  trellis
    .command('down')
    .description('stop the local cloud; its data is saved for the next start')
    .option('--clean', 'delete its data')
    .action(down);
  trellis
    .command('info')
    .description('show the addresses and outputs of the deployed app')
    .option('--json', 'print JSON')
    .option('--api <name>', 'print only the address of this API')
    .option('--env', 'print shell commands that configure AWS tools with the endpoint and the access key')
    .action(info);
  trellis
    .command('layers')
    .description('show the packages of each layer of the synthesized app, and the functions that use it')
    .option('--json', 'print JSON')
    .option('--app <folder>', 'the synthesized app', output)
    .action(layers);
  trellis
    .command('report')
    .description('show which resources and settings of the synthesized app its target lacks, and why')
    .option('--json', 'print JSON')
    .option('--app <folder>', 'the synthesized app', output)
    .addOption(
      new Option('--target <target>', 'synthesize the app in this folder for this target first').choices([
        'local',
        'localstack',
      ]),
    )
    .action(report);
  trellis
    .command('diff')
    .description('show the effects of a deployment on data, permissions and cost')
    .option('--app <folder>', 'the synthesized app', output)
    .option('--from <folder>', 'compare with another synthesized app instead of the deployed stacks')
    .option('--json', 'print JSON')
    .option(
      '--fail-on <conditions...>',
      'exit with code 1 if the deployment would lose data (data), allow more (permissions) or be rejected by AWS (rejected)',
    )
    .option('--target <target>', 'local or aws', 'local')
    .option('--profile <name>', 'for AWS: the profile of ~/.aws/config')
    .option('--region <name>', "for AWS: the region (default: the profile's)")
    .action((options: DiffOptions) => {
      // The SDK and the schemas of CloudFormation are loaded for this command only.
      const command = require('./diff.js') as typeof import('./diff.js');
      return command.diff(options);
    });
  trellis
    .command('redrive')
    .description('redrive dead letters, events and scheduled runs to the target that failed')
    .argument('<queue>', 'the queue (name, ARN or URL), or the path of a construct, as in Shop/Mails')
    .option(
      '--to <arn>',
      'ARN of the function, queue, state machine or bus for messages without a target; also allowed as their target',
    )
    .option('--target <target>', 'local or aws', 'local')
    .option('--profile <name>', 'for AWS: the profile of ~/.aws/config')
    .option('--region <name>', "for AWS: the region (default: the profile's)")
    .option('--yes', 'for AWS: redrive without confirmation')
    .action((queue: string, options: RedriveOptions) => {
      // The SDK is loaded for this command only.
      const command = require('./redrive.js') as typeof import('./redrive.js');
      return command.redrive(queue, options);
    });
  trellis
    .command('runbook')
    .description('show the runbook of an alarm')
    .argument('[name]', "the name in the alarm's description (default: list them)")
    .action(runbook);
  return trellis;
}

function portNumber(value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) < 65536) return Number(value);
  throw new InvalidArgumentError(`must be a port number (0 to 65535), got "${value}".`);
}
