import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fencesOf } from '../docs/fences.js';

const root = join(__dirname, '../..');

/** What differs from run to run: times and the ids of requests. */
const VARYING = /"\d{4}-\d\d-\d\dT[\d:.]+Z"|"urn:request:[\w-]+"/g;
const masked = (json: string) => JSON.parse(json.replace(VARYING, '"..."'));

/** Each block of commands that has its output behind it, with the blocks before it in the same shell. */
function talks(): { commands: string; output: string }[] {
  const fences = fencesOf(join(root, 'README.md'));
  let before = '';
  return fences.flatMap(({ language, text }, at) => {
    if (language !== 'sh' || text.includes('npm start')) return [];
    const commands = `${before}\nclear_output\n${text}`;
    before += text;
    return fences[at + 1]?.language === 'json' ? [{ commands, output: fences[at + 1]!.text }] : [];
  });
}

it("the README's commands give what the README shows", () => {
  const shown = talks();
  expect(shown).toHaveLength(2);
  for (const { commands, output } of shown) {
    const script = `set -e\nclear_output() { echo; echo '---'; }\n${commands}`;
    const printed = execFileSync('bash', ['-c', script], { cwd: root, encoding: 'utf8' });
    expect(masked(printed.split('---').at(-1)!)).toEqual(masked(output));
  }
}, 60_000);
