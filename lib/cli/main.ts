import { Command, InvalidArgumentError, Option } from 'commander';
import { asUserError } from '../local/index.js';
import type { DiffOptions } from './diff.js';
import { down } from './down.js';
import { info } from './info.js';
import { layers } from './layers.js';
import type { RedriveOptions } from './redrive.js';
import { report } from './report.js';
import { runbook } from './runbook.js';
import { up } from './up.js';

/** The `trellis` command. Errors are told by their message alone. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(argv);
  } catch (error) {
    const told = asUserError(error);
    console.error(told instanceof Error ? told.message : String(told));
    process.exitCode = 1;
  }
}

function program(): Command {
  const trellis = new Command('trellis').description(
    'Runs the CDK app in this folder on a local cloud: no account, no Docker, no token.',
  );
  trellis
    .command('up')
    .description('start the local cloud, deploy the app to it, and stay until Ctrl-C')
    .option('--port <number>', 'port on 127.0.0.1 (default: TRELLIS_PORT, else 4566)', portNumber)
    .option('--detach', 'return when everything is deployed; `trellis down` stops it')
    .option('--replace-data', 'do not ask before resources with data are replaced or deleted')
    .action(up);
  trellis
    .command('down')
    .description('stop the local cloud; what it holds is kept for the next start')
    .option('--clean', 'delete what it holds')
    .action(down);
  trellis
    .command('info')
    .description('show the addresses and outputs of what is deployed')
    .option('--json', 'everything, for scripts')
    .option('--api <name>', 'only the address of this API')
    .option('--env', 'commands for a shell that give AWS tools the address and the access key')
    .action(info);
  trellis
    .command('layers')
    .description('show what the layers of the synthesized app hold, and which functions have them')
    .option('--json', 'everything, for scripts')
    .option('--app <folder>', 'the synthesized app', 'cdk.out')
    .action(layers);
  trellis
    .command('report')
    .description('show what of the synthesized app its target does not have, and why')
    .option('--json', 'everything, for scripts')
    .option('--app <folder>', 'the synthesized app', 'cdk.out')
    .addOption(
      new Option('--target <target>', 'synthesize the app in this folder for this target first').choices([
        'local',
        'localstack',
      ]),
    )
    .action(report);
  trellis
    .command('diff')
    .description('say what a deploy would do to data, permissions and cost, before it does')
    .option('--app <folder>', 'the synthesized app', 'cdk.out')
    .option('--from <folder>', 'compare with another synthesized app, not with what is deployed')
    .option('--json', 'everything, for scripts')
    .option(
      '--fail-on <what...>',
      'end with 1 when data would be lost (data), more would be allowed (permissions), or AWS would refuse it (refused)',
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
    .description('send what failed back to where it failed: dead letters, events, scheduled runs')
    .argument('<queue>', 'the queue (name, ARN or URL), or the path of a construct, as in Shop/Mails')
    .option(
      '--to <arn>',
      'the function, queue, state machine or bus for messages that do not say where they go, or ask for it',
    )
    .option('--target <target>', 'local or aws', 'local')
    .option('--profile <name>', 'for AWS: the profile of ~/.aws/config')
    .option('--region <name>', "for AWS: the region (default: the profile's)")
    .option('--yes', 'for AWS: do not ask')
    .action((queue: string, options: RedriveOptions) => {
      // The SDK is loaded for this command only.
      const command = require('./redrive.js') as typeof import('./redrive.js');
      return command.redrive(queue, options);
    });
  trellis
    .command('runbook')
    .description('show what to do when an alarm is on')
    .argument('[name]', "the name in the alarm's description (default: list them)")
    .action(runbook);
  return trellis;
}

function portNumber(given: string): number {
  if (/^\d{1,5}$/.test(given) && Number(given) < 65536) return Number(given);
  throw new InvalidArgumentError(`expected a port number (0 to 65535), got "${given}".`);
}
