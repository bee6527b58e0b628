import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fencesOf } from '../docs/fences.js';

const root = join(__dirname, '../..');

/** Values that differ from run to run: times and the ids of requests. */
const VARYING = /"\d{4}-\d\d-\d\dT[\d:.]+Z"|"urn:request:[\w-]+"/g;
const masked = (json: string) => JSON.parse(json.replace(VARYING, '"..."'));

/**
 * Returns each block of the storefront's commands that is followed by its output, with the blocks before it in the same
 * shell. The commands of your own app, which come first, are run by test/deployments/readme-app.test.ts.
 */
function storefrontCommands(): { commands: string; output: string }[] {
  const all = fencesOf(join(root, 'README.md'));
  const fences = all.slice(all.findIndex(({ text }) => text.includes('info --api products')));
  let before = '';
  return fences.flatMap(({ language, text }, index) => {
    if (language !== 'sh') return [];
    const commands = `${before}\nclear_output\n${text}`;
    before += text;
    return fences[index + 1]?.language === 'json' ? [{ commands, output: fences[index + 1]!.text }] : [];
  });
}

it("the README's commands give what the README shows", () => {
  const shown = storefrontCommands();
  expect(shown).toHaveLength(2);
  for (const { commands, output } of shown) {
    const script = `set -e\nclear_output() { echo; echo '---'; }\n${commands}`;
    const printed = execFileSync('bash', ['-c', script], { cwd: root, encoding: 'utf8' });
    expect(masked(printed.split('---').at(-1)!)).toEqual(masked(output));
  }
});
