// Starts a local cloud of its own, deploys the storefront and runs the behaviour suite against it.
// Usage: run.ts REPORT
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { furnish } from '../../bin/local-storefront.js';
import { startLocalCloud } from '../../lib/local/index.js';
import { cloudVariables } from './cloud-variables.js';
import { runJest, unusedEntries } from './jest-run.js';
import { conclude } from './results.js';

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
    await furnish(info, cloud.credentials);
    const infoFile = join(stateDir, 'info.json');
    writeFileSync(infoFile, JSON.stringify(info));
    const env = {
      TRELLIS_INFO: infoFile,
      ...cloudVariables(cloud),
      TRELLIS_DENIALS: cloud.denialsFile,
      // For commands that look for the local cloud, as the README's do.
      TRELLIS_STATE_DIR: stateDir,
    };
    const suite = runJest('behaviour', 'local', stateDir, env);
    const drill = runJest('drill', 'local', stateDir, env);
    const counts = { passed: suite.passed + drill.passed, failed: suite.failed + drill.failed };
    counts.failed += unusedEntries('local', suite.expectations);
    counts.failed += conclude('local', {
      failed: counts.failed,
      expectations: [...suite.expectations, ...drill.expectations],
    });
    writeFileSync(report, JSON.stringify(counts));
    process.exitCode = counts.failed > 0 ? 1 : 0;
  } finally {
    await cloud.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

main(process.argv[2]!).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
