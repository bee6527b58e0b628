import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkMachine } from './machine.js';

const folder = mkdtempSync(join(tmpdir(), 'trellis-machine-'));

/** Creates a folder for PATH with commands that print a fixed text. */
function machine(name: string, commands: Record<string, string>): string {
  const bin = join(folder, name);
  mkdirSync(bin);
  for (const [command, printed] of Object.entries(commands)) {
    writeFileSync(join(bin, command), `#!/bin/sh\necho '${printed}'\n`);
    chmodSync(join(bin, command), 0o755);
  }
  symlinkSync('/bin/sh', join(bin, 'sh'));
  return bin;
}

/** A Python that reports the version 3.13. */
const python = join(machine('python', { python: '3.13.1\n/usr/bin/python3.13' }), 'python');

it('finds what LocalStack needs', async () => {
  const PATH = machine('whole', { java: 'openjdk version "21.0.2"', mvn: 'Apache Maven 3.9' });
  expect(await checkMachine({ PATH, TRELLIS_LOCALSTACK_PYTHON: python })).toMatchObject({
    python: { version: '3.13.1' },
    maven: join(PATH, 'mvn'),
  });
});

it('names everything that is missing, each with what to do', async () => {
  const checked = checkMachine({ PATH: machine('empty', {}), TRELLIS_LOCALSTACK_PYTHON: '/nowhere/python' });
  await expect(checked).rejects.toThrow(
    'LocalStack needs Maven to fetch DynamoDB Local, but mvn was not found.\n' +
      '  Install it (on Debian and Ubuntu: apt install maven).\n' +
      'LocalStack needs Python 3.13, but /nowhere/python was not found.\n' +
      '  Install it (pyenv install 3.13, or https://www.python.org/downloads/), or set TRELLIS_LOCALSTACK_PYTHON to the path of one.\n' +
      'LocalStack needs a Java runtime, 17 or newer, but java was not found.\n' +
      '  Install it (on Debian and Ubuntu: apt install openjdk-17-jre-headless), or set JAVA_HOME to the folder of one.',
  );
});

it('reports versions that are too old', async () => {
  const old = join(machine('old-python', { python: '3.12.1\n/usr/bin/python3.12' }), 'python');
  const PATH = machine('old', { java: 'java version "1.8.0_392"', mvn: 'Apache Maven 3.8' });
  const checked = checkMachine({ PATH, TRELLIS_LOCALSTACK_PYTHON: old });
  await expect(checked).rejects.toThrow(`needs Python 3.13, but ${old} is Python 3.12.1.`);
  await expect(checked).rejects.toThrow(`but ${PATH}/java is Java 8.`);
});
