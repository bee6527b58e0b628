// `npm test`: installs missing packages, then runs all checks, the fast ones first. Words select the steps whose names
// contain one of them; --all includes LocalStack. The package step installs from registries for minutes and runs by name
// only. The last line is `N passed, N failed`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareOrExit } from './prepare.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = mkdtempSync(join(tmpdir(), 'trellis-test-'));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const tsx = ['--conditions=cdk-trellis-source', '--import', 'tsx'];
const CI = process.env.CI ? ['--ci'] : [];

/** @type {{ name: string, command: string, args: string[], report?: string, runs?: 'by name' | 'by name or with --all' }[]} */
const STEPS = [
  { name: 'format and lint', command: bin('biome'), args: ['check', '--error-on-warnings', '.'] },
  { name: 'types', command: bin('tsc'), args: [] },
  { name: 'lockfile', command: process.execPath, args: ['scripts/complete-lockfile.mjs', '--check'] },
  // Tests on the local cloud mostly wait, so there is one more worker than cores.
  jest('unit', ['--selectProjects=unit', `--maxWorkers=${availableParallelism() + 1}`]),
  { name: 'templates', command: process.execPath, args: [...tsx, 'test/templates/run.ts'] },
  { name: 'public API', command: process.execPath, args: ['scripts/api-report.mjs'] },
  {
    name: 'behaviour on the local cloud',
    command: process.execPath,
    args: [...tsx, 'test/behaviour/run.ts', join(results, 'behaviour.json')],
    report: join(results, 'behaviour.json'),
  },
  // In band: a deployment uses all cores.
  jest('deployments', ['--selectProjects=deployments', '--runInBand']),
  // Installs the packed library with npm, pnpm and Yarn.
  { ...jest('package', ['--selectProjects=package', '--runInBand']), runs: 'by name' },
  {
    name: 'LocalStack',
    command: process.execPath,
    args: [...tsx, 'test/localstack/run.ts', join(results, 'localstack.json')],
    report: join(results, 'localstack.json'),
    runs: 'by name or with --all',
  },
];

/** @returns {typeof STEPS[number]} */
function jest(name, args) {
  const report = join(results, `${name}.json`);
  return { name, command: bin('jest'), args: [...args, ...CI, '--json', `--outputFile=${report}`], report };
}

/** @returns {Promise<boolean>} */
function run(command, args) {
  return new Promise((resolve) => {
    const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(false);
    });
    child.on('exit', (code) => resolve(code === 0));
  });
}

/** Returns the counts of the step's report, or counts the step itself as a test. */
function count(step, succeeded) {
  try {
    const { passed, failed } = reportOf(step.report);
    return { passed, failed: succeeded ? failed : Math.max(failed, 1) };
  } catch {
    return succeeded ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  }
}

function reportOf(file) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return { passed: report.passed ?? report.numPassedTests, failed: report.failed ?? report.numFailedTests };
}

await prepareOrExit();
const words = process.argv.slice(2);
const isSelected = ({ name, runs }) => {
  if (words.includes('--all')) return runs !== 'by name';
  return words.length === 0 ? runs === undefined : words.some((word) => name.includes(word));
};
const totals = { passed: 0, failed: 0 };
const lines = [];
for (const step of STEPS.filter(isSelected)) {
  console.log(`\n── ${step.name}`);
  const start = Date.now();
  const succeeded = await run(step.command, step.args);
  const { passed, failed } = count(step, succeeded);
  totals.passed += passed;
  totals.failed += failed;
  lines.push(
    `${succeeded ? 'ok    ' : 'FAILED'} ${step.name} (${((Date.now() - start) / 1000).toFixed(1)} s)`,
  );
}
rmSync(results, { recursive: true, force: true });
console.log(`\n${lines.join('\n')}\n\n${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed > 0 ? 1 : 0;
