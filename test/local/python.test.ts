import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPython, installEmulator } from '../../lib/local/python.js';

const folder = mkdtempSync(join(tmpdir(), 'trellis-python-'));

/** Substitute for Python: a shell script that gets Python's arguments. */
function stub(script: string): string {
  const file = join(folder, `python-${Math.random().toString(36).slice(2)}`);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const found = 'if [ "$1" = -c ]; then echo 3.12.1; echo /usr/bin/python3; exit 0; fi';

beforeEach(() => {
  process.env.XDG_CACHE_HOME = mkdtempSync(join(tmpdir(), 'trellis-cache-'));
});
afterEach(() => {
  delete process.env.XDG_CACHE_HOME;
  delete process.env.TRELLIS_PYTHON;
});

it('finds a Python on this machine', async () => {
  expect((await findPython()).version).toMatch(/^3\.\d+\.\d+$/);
});

it('reports that Python is missing', async () => {
  process.env.TRELLIS_PYTHON = '/nowhere/python';
  await expect(findPython()).rejects.toThrow(
    'needs Python 3.10 or newer, but /nowhere/python was not found.\nInstall it (https://www.python.org/downloads/), or set TRELLIS_PYTHON',
  );
});

it('names the version that is too old', async () => {
  process.env.TRELLIS_PYTHON = stub('echo 3.9.2; echo /usr/bin/python3');
  await expect(findPython()).rejects.toThrow(`but ${process.env.TRELLIS_PYTHON} is Python 3.9.2.`);
});

it('reports what to install when the venv module is missing', async () => {
  process.env.TRELLIS_PYTHON = stub(`${found}\necho "ensurepip is not available" >&2; exit 1`);
  await expect(installEmulator(() => undefined)).rejects.toThrow('apt install python3.12-venv');
});

it('reports another failure of the venv module unchanged', async () => {
  const output = 'No space left on device: Command -m ensurepip returned non-zero exit status 1.';
  process.env.TRELLIS_PYTHON = stub(`${found}\necho "${output}" >&2; exit 1`);
  await expect(installEmulator(() => undefined)).rejects.toThrow(
    `could not create a virtual environment:\n${output}`,
  );
});

it('fails with a remedy when the package index cannot be reached', async () => {
  const pip = 'echo "NewConnectionError: Failed to establish a new connection" >&2; exit 1';
  process.env.TRELLIS_PYTHON = stub(
    `${found}\nmkdir -p "$3/bin"; printf '#!/bin/sh\\n${pip.replaceAll('"', '\\"')}\\n' > "$3/bin/python"; chmod +x "$3/bin/python"`,
  );
  await expect(installEmulator(() => undefined)).rejects.toThrow(
    'the Python package index cannot be reached',
  );
});
