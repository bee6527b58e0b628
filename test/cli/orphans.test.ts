import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { project } from '../local/project.js';

jest.setTimeout(120_000);

const trellis = join(__dirname, '../../lib/cli/trellis.mjs');
const folder = mkdtempSync(join(tmpdir(), 'trellis-orphans-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the local cloud as npm does, by a shell, with its output in a file. */
function start(projectDir: string, name: string) {
  const file = join(folder, name);
  const output = openSync(file, 'w');
  // The shell waits for more than one command, so that it does not become the first.
  const script = `"${process.execPath}" "${trellis}" up --port 0; echo "ended with $?"`;
  const npm = `require('node:child_process').spawn('sh', ['-c', ${JSON.stringify(script)}], { stdio: 'inherit' })`;
  const child = spawn(process.execPath, ['-e', npm], { cwd: projectDir, stdio: ['ignore', output, output] });
  closeSync(output);
  const printed = async (text: string) => {
    while (!readFileSync(file, 'utf8').includes(text)) await sleep(50);
    return readFileSync(file, 'utf8');
  };
  return { child, printed };
}

it('saves and ends when npm, which started it by a shell, is killed', async () => {
  const projectDir = project();
  const { child, printed } = start(projectDir, 'killed');
  await printed('Press Ctrl-C');
  child.kill('SIGKILL');
  expect(await printed('ended with 130')).toContain(
    '\nThe process that started it has ended. Stopping the local cloud\nThe local cloud is stopped. Its data is saved for the next start.\n',
  );
  rmSync(projectDir, { recursive: true, force: true });
});

it('ends when its project folder is deleted', async () => {
  const projectDir = project();
  const { printed } = start(projectDir, 'deleted');
  await printed('Press Ctrl-C');
  // Renamed first: the local cloud may write into it while it is deleted.
  const deleted = `${projectDir}-deleted`;
  renameSync(projectDir, deleted);
  rmSync(deleted, { recursive: true, force: true });
  expect(await printed('ended with')).toContain(`${projectDir} was deleted. Stopping the local cloud\n`);
});
