import { createInterface } from 'node:readline/promises';
import { type Contents, clientOptions, type LocalCloud, LocalCloudError } from '../local/index.js';

/** Error of a deployment that would lose data and was not confirmed: nothing is changed. */
export class DataLossNotConfirmed extends LocalCloudError {}

/**
 * Asks for confirmation before a deployment replaces or deletes resources with data.
 *
 * @throws DataLossNotConfirmed when the user declines, or stdin is not a terminal
 */
export async function confirmDataLoss(cloud: LocalCloud, assemblyDir: string): Promise<void> {
  // The SDK and the schemas of CloudFormation are loaded lazily: `trellis info` and others do not need them.
  const { lostResources } = require('./diff/app-diff.js') as typeof import('./diff/app-diff.js');
  const { readDeployedStacks } = require('./diff/deployed.js') as typeof import('./diff/deployed.js');
  const { stacksOf } = require('./diff/templates.js') as typeof import('./diff/templates.js');
  const stacks = stacksOf(assemblyDir);
  const config = clientOptions(cloud.endpoint, cloud.credentials);
  const lost = lostResources(stacks, (await readDeployedStacks(config, stacks)).templates);
  if (lost.length === 0) return;
  const contents = await cloud.countContents(
    lost.map(({ stack, id, change }) => ({ stack, id, type: change.type })),
  );
  const lines = lost.flatMap(({ change }, index) => {
    const { count, what } = contents[index] as Contents;
    if (count === 0) return [];
    const { path, type, changedProperties } = change;
    const cause = changedProperties.length > 0 ? ` (changed: ${changedProperties.join(', ')})` : '';
    return `  ${path} (${type}) with ${amount(count, what)} ${VERBS[change.change]}${cause}`;
  });
  if (lines.length === 0) return;
  const list = `This deployment would lose data:\n${lines.join('\n')}`;
  const unchanged = 'Nothing was deployed: the previous version keeps running.';
  if (!process.stdin.isTTY)
    throw new DataLossNotConfirmed(
      `${list}\n${unchanged}\nstdin is not a terminal: pass \`--replace-data\` to deploy without confirmation.`,
    );
  console.log(list);
  const input = await prompt('Deploy and lose this data? (y/N) ');
  if (!/^y(es)?$/i.test(input.trim())) throw new DataLossNotConfirmed(unchanged);
}

/** Reads a line; Ctrl-C and the end of the input count as a no. */
async function prompt(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const end = new AbortController();
  terminal.once('close', () => end.abort());
  terminal.once('SIGINT', () => {
    terminal.close();
    process.kill(process.pid, 'SIGINT');
  });
  try {
    return await terminal.question(question, { signal: end.signal });
  } catch {
    return '';
  } finally {
    terminal.close();
  }
}

const VERBS: Readonly<Record<string, string>> = {
  deleted: 'is deleted',
  replaced: 'is replaced by an empty resource',
  'may be replaced': 'may be replaced by an empty resource',
};

function amount(count: number | null, what: string): string {
  if (count === null) return 'its data';
  return `${count} ${count === 1 ? what.replace(/s$/, '') : what}`;
}
