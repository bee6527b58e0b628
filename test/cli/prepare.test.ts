import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

jest.setTimeout(60_000);

const prepareFile = join(__dirname, '../../scripts/prepare.mjs');

/** A clone with a stand-in for npm that keeps a list of its calls. */
function clone(npm: string) {
  const root = mkdtempSync(join(tmpdir(), 'trellis-clone-'));
  mkdirSync(join(root, 'scripts'));
  mkdirSync(join(root, 'bin'));
  cpSync(prepareFile, join(root, 'scripts/prepare.mjs'));
  writeFileSync(join(root, 'package-lock.json'), '{}');
  writeFileSync(join(root, 'bin/npm'), `#!/bin/sh\necho "$1" >> "${root}/calls"\n${npm}\n`);
  chmodSync(join(root, 'bin/npm'), 0o755);
  return {
    root,
    calls: () => readFileSync(join(root, 'calls'), 'utf8').trim().split('\n'),
    run: (code = 'await prepare()', env: NodeJS.ProcessEnv = {}) => {
      const script = `import { prepare, checkNode } from './scripts/prepare.mjs'; try { ${code} } catch (e) { console.error(e.message); process.exitCode = 1 }`;
      const PATH = `${join(root, 'bin')}:${dirname(process.execPath)}:${process.env.PATH}`;
      const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: root,
        env: { ...process.env, PATH, ...env },
        encoding: 'utf8',
      });
      return { status, stderr };
    },
  };
}

it('installs the packages once for a lockfile, and again for another', () => {
  const { root, run, calls } = clone('mkdir -p node_modules');
  expect([run().status, run().status]).toEqual([0, 0]);
  expect(calls()).toEqual(['ci']);
  writeFileSync(join(root, 'package-lock.json'), '{ }');
  run();
  expect(calls()).toEqual(['ci', 'ci']);
});

it('says so when there is no network, and tries again the next time', () => {
  const { run, calls } = clone('echo "npm error code ENOTFOUND" >&2; exit 1');
  const { status, stderr } = run();
  expect(status).toBe(1);
  expect(stderr).toContain('The packages cannot be downloaded: the npm registry does not answer.\nConnect');
  run();
  expect(calls()).toEqual(['ci', 'ping', 'ci', 'ping']);
});

it('asks for a newer Node.js', () => {
  expect(clone('').run("checkNode('18.20.1')").stderr).toContain(
    'Node.js 20.19 or newer is needed, but this is 18.20.1.',
  );
});

it('asks for Python before it installs anything', () => {
  const { run } = clone('mkdir -p node_modules');
  const { status, stderr } = run('await prepare()', { TRELLIS_PYTHON: '/nowhere/python' });
  expect(status).toBe(1);
  expect(stderr).toContain(
    'Python 3.10 or newer is needed for the local cloud, but /nowhere/python was not found.',
  );
});
