// Starts a local cloud of its own, deploys the storefront and runs the behaviour suite against it.
// Usage: run.ts REPORT
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { furnish } from '../../bin/local-storefront.js';
import { startLocalCloud } from '../../lib/local/index.js';

const root = join(__dirname, '../..');

async function main(report: string): Promise<void> {
  const stateDir = mkdtempSync(join(tmpdir(), 'trellis-behaviour-'));
  const cloud = await startLocalCloud({
    projectDir: root,
    port: 0,
    stateDir,
    log: (line) => console.log(line),
  });
  try {
    const info = await cloud.deploy();
    await furnish(info);
    const infoFile = join(stateDir, 'info.json');
    writeFileSync(infoFile, JSON.stringify(info));
    const counts = { passed: 0, failed: 0 };
    for (const project of ['behaviour', 'drill']) {
      const { passed, failed } = runJest(project, stateDir, {
        TRELLIS_INFO: infoFile,
        TRELLIS_DENIALS: cloud.denialsFile,
        // For commands that look for the local cloud, as the README's do.
        TRELLIS_STATE_DIR: stateDir,
      });
      counts.passed += passed;
      counts.failed += failed;
    }
    writeFileSync(report, JSON.stringify(counts));
    process.exitCode = counts.failed > 0 ? 1 : 0;
  } finally {
    await cloud.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

function runJest(project: string, directory: string, env: Record<string, string>) {
  const report = join(directory, `${project}.json`);
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/jest/bin/jest.js'),
      `--selectProjects=${project}`,
      '--runInBand',
      '--json',
      `--outputFile=${report}`,
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env } },
  );
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
  // A denied call fails the run after its tests.
  return { passed: numPassedTests, failed: status === 0 ? 0 : Math.max(numFailedTests, 1) };
}

main(process.argv[2]!).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
