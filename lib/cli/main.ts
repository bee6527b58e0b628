import { Command, InvalidArgumentError } from 'commander';
import { toldError } from '../local/index.js';
import { down } from './down.js';
import { info } from './info.js';
import { up } from './up.js';

/** The `trellis` command. Errors are told by their message alone. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(argv);
  } catch (error) {
    const told = toldError(error);
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
    .action(info);
  return trellis;
}

function portNumber(given: string): number {
  if (/^\d{1,5}$/.test(given) && Number(given) < 65536) return Number(given);
  throw new InvalidArgumentError(`expected a port number (0 to 65535), got "${given}".`);
}
