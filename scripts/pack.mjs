// `npm run pack`: installs missing packages, builds the library and packs it into cdk-trellis-<version>.tgz in this
// folder, or in the given folder.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareOrExit } from './prepare.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(process.argv[2] ?? root);

function run(command, args, stdio) {
  const { status, stdout } = spawnSync(command, args, { cwd: root, encoding: 'utf8', stdio });
  if (status !== 0) process.exit(status ?? 1);
  return stdout;
}

await prepareOrExit({ python: false });
run(process.execPath, ['scripts/build.mjs'], 'inherit');
const file = run('npm', ['pack', '--silent', '--pack-destination', folder], ['ignore', 'pipe', 'inherit']);
console.log(`\nIn your project:\n\n  npm install ${resolve(folder, file.trim())}`);
