import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const scripts = join(__dirname, '../../scripts');

/** Creates a clone with a substitute for npm that lists its calls. */
function clone(npm: string) {
  const root = mkdtempSync(join(tmpdir(), 'trellis-clone-'));
  mkdirSync(join(root, 'scripts'));
  mkdirSync(join(root, 'bin'));
  for (const name of ['prepare.mjs', 'start.mjs']) cpSync(join(scripts, name), join(root, 'scripts', name));
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

it('installs the packages once per lockfile', () => {
  const { root, run, calls } = clone('mkdir -p node_modules');
  expect([run().status, run().status]).toEqual([0, 0]);
  expect(calls()).toEqual(['ci']);
  writeFileSync(join(root, 'package-lock.json'), '{ }');
  run();
  expect(calls()).toEqual(['ci', 'ci']);
});

it('fails with a remedy without a network, and retries on the next run', () => {
  const { run, calls } = clone('echo "npm error code ENOTFOUND" >&2; exit 1');
  const { status, stderr } = run();
  expect(status).toBe(1);
  expect(stderr).toContain('The packages cannot be downloaded: the npm registry cannot be reached.\nConnect');
  run();
  expect(calls()).toEqual(['ci', 'ping', 'ci', 'ping']);
});

it('rejects an outdated Node.js', () => {
  expect(clone('').run("checkNode('18.20.1')").stderr).toContain(
    'Node.js 20.19 or newer is needed, but this is 18.20.1.',
  );
});

it('reports the first line of the output of Python as its version', () => {
  const { root, run } = clone('mkdir -p node_modules');
  writeFileSync(join(root, 'bin/old'), '#!/bin/sh\necho 3.9.2; echo more\n', { mode: 0o755 });
  const { stderr } = run('await prepare()', { TRELLIS_PYTHON: join(root, 'bin/old') });
  expect(stderr).toContain('bin/old is Python 3.9.2.\n');
});

it('checks Python before it installs anything', () => {
  const { run } = clone('mkdir -p node_modules');
  const { status, stderr } = run('await prepare()', { TRELLIS_PYTHON: '/nowhere/python' });
  expect(status).toBe(1);
  expect(stderr).toContain(
    'Python 3.10 or newer is needed for the local cloud, but /nowhere/python was not found.',
  );
});

it('installs again when a package was deleted', () => {
  const { root, run, calls } = clone('mkdir -p node_modules/zod; echo "{}" > node_modules/zod/package.json');
  const packages = { '': {}, 'node_modules/zod': {}, 'node_modules/of-another-platform': { optional: true } };
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
  expect([run().status, run().status]).toEqual([0, 0]);
  expect(calls()).toEqual(['ci']);
  rmSync(join(root, 'node_modules/zod'), { recursive: true });
  expect(run().status).toBe(0);
  expect(calls()).toEqual(['ci', 'ci']);
});

describe('npm start', () => {
  const start = (args: string[], env: NodeJS.ProcessEnv = {}) => {
    const script = join(clone('exit 1').root, 'scripts/start.mjs');
    return spawnSync(process.execPath, [script, ...args], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
  };

  it('prints the message of an error without a stack trace', () => {
    const { status, stderr } = start([], { TRELLIS_PYTHON: '/nowhere/python' });
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^Python 3.10 or newer is needed/),
      expect.stringMatching(/^Install it/),
    ]);
  });

  it('rejects unknown options', () => {
    const { status, stderr } = start(['--port', '4700']);
    expect(status).toBe(1);
    expect(stderr).toContain(
      'npm start accepts only --replace-data, got "--port 4700".\nSet the port with TRELLIS_PORT',
    );
  });
});
