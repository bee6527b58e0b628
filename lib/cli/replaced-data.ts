import { createInterface } from 'node:readline/promises';
import { type Contents, clientOptions, type LocalCloud, LocalCloudError } from '../local/index.js';

/** A deployment that would lose data, and was not confirmed: nothing is changed. */
export class DataKept extends LocalCloudError {}

/**
 * Asks before a deployment replaces or deletes what holds data.
 *
 * @throws DataKept when the answer is no, or stdin is not a terminal
 */
export async function confirmDataLoss(cloud: LocalCloud, assemblyDir: string): Promise<void> {
  // The SDK and the schemas of CloudFormation are loaded when something is deployed already.
  const { lostResources } = require('./diff/app-diff.js') as typeof import('./diff/app-diff.js');
  const { deployedStacks } = require('./diff/deployed.js') as typeof import('./diff/deployed.js');
  const { stacksOf } = require('./diff/templates.js') as typeof import('./diff/templates.js');
  const stacks = stacksOf(assemblyDir);
  const config = clientOptions(cloud.endpoint, cloud.credentials);
  const lost = lostResources(stacks, (await deployedStacks(config, stacks)).templates);
  if (lost.length === 0) return;
  const contents = await cloud.contentsOf(
    lost.map(({ stack, id, change }) => ({ stack, id, type: change.type })),
  );
  const filled = lost.flatMap(({ change }, at) => {
    const { count, what } = contents[at] as Contents;
    if (count === 0) return [];
    const because = change.because.length > 0 ? ` (changed: ${change.because.join(', ')})` : '';
    return `  ${change.path} (${change.type}) with ${amount(count, what)} ${VERBS[change.what]}${because}`;
  });
  if (filled.length === 0) return;
  const list = `This deployment loses data:\n${filled.join('\n')}`;
  const kept = 'Nothing was deployed: the version before keeps running.';
  if (!process.stdin.isTTY)
    throw new DataKept(
      `${list}\n${kept}\nstdin is not a terminal: pass \`--replace-data\` to deploy without a question.`,
    );
  console.log(list);
  const answer = await answerTo('Deploy it and lose this data? (y/N) ');
  if (!/^y(es)?$/i.test(answer.trim())) throw new DataKept(kept);
}

/** Ctrl-C and the end of the input are a no. */
async function answerTo(question: string): Promise<string> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const end = new AbortController();
  prompt.once('close', () => end.abort());
  prompt.once('SIGINT', () => {
    prompt.close();
    process.kill(process.pid, 'SIGINT');
  });
  try {
    return await prompt.question(question, { signal: end.signal });
  } catch {
    return '';
  } finally {
    prompt.close();
  }
}

const VERBS: Readonly<Record<string, string>> = {
  deleted: 'is deleted',
  replaced: 'is replaced by an empty one',
  'may be replaced': 'may be replaced by an empty one',
};

function amount(count: number | null, what: string): string {
  if (count === null) return 'what it holds';
  return `${count} ${count === 1 ? what.replace(/s$/, '') : what}`;
}
