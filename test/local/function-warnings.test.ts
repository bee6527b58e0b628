import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const opt = join(__dirname, '../../lib/local/emulator/opt.cjs');

/** Returns what a function's process writes to its log; Node.js 24 warns without the option. */
function logOf(script: string): string {
  return spawnSync(process.execPath, ['--pending-deprecation', '--require', opt, '-e', script], {
    encoding: 'utf8',
  }).stderr;
}

it("has no warning of MiniStack's own code", () => {
  expect(logOf("require('node:url').parse('http://127.0.0.1')")).toBe('');
});

it("has the warnings of the function's code", () => {
  expect(logOf("process.emitWarning('old', 'DeprecationWarning', 'DEP0001')")).toContain('[DEP0001]');
  expect(logOf("process.emitWarning('old', { type: 'Own', code: 'OWN' })")).toContain('[OWN] Own: old');
  expect(logOf("process.emitWarning('new')")).toContain('Warning: new');
});
