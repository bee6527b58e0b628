// `npm start`: installs missing packages, then runs the storefront on this machine until Ctrl-C.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { prepareOrExit } from './prepare.mjs';

const options = process.argv.slice(2);
if (options.some((option) => option !== '--replace-data')) {
  console.error(
    `npm start accepts only --replace-data, got "${options.join(' ')}".\nSet the port with TRELLIS_PORT: TRELLIS_PORT=4567 npm start`,
  );
  process.exit(1);
}
await prepareOrExit();
const child = spawn(
  process.execPath,
  ['--conditions=cdk-trellis-source', '--import', 'tsx', 'bin/start.ts', ...options],
  {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
);
// A terminal's Ctrl-C also reaches the child; this process waits until the child has stopped everything.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
// npm that is killed cannot stop its scripts, nor the shell by which it starts them.
function owner() {
  try {
    return `${process.ppid} ${/\) \S (\d+) /.exec(readFileSync(`/proc/${process.ppid}/stat`, 'utf8'))?.[1]}`;
  } catch {
    return String(process.ppid);
  }
}
const first = owner();
const watch = setInterval(() => owner() === first || child.kill('SIGTERM'), 1000);
watch.unref();
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 130 : (code ?? 1);
});
