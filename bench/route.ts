// `npm run bench:route`: what `route()` costs a request, bundled as it is deployed, on this Node or on the one at BENCH_NODE.
// Prints ratios, writes bench/route-results.json, and fails when they are not what docs/contracts.md promises.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const folder = mkdtempSync(join(tmpdir(), 'trellis-bench-'));
try {
  const outfile = join(folder, 'route.cjs');
  buildSync({
    entryPoints: [join(__dirname, 'route-handlers.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    conditions: ['cdk-trellis-source'],
    // The test kit has them; nothing that is measured does.
    external: ['aws-cdk-lib', 'cdk-nag', 'constructs'],
    logLevel: 'error',
  });
  const output = execFileSync(process.env.BENCH_NODE ?? process.execPath, [outfile], { encoding: 'utf8' });
  const results = JSON.parse(output);
  const text = JSON.stringify(results, undefined, 2);
  writeFileSync(join(__dirname, 'route-results.json'), `${text}\n`);
  console.log(text);
  const { byHand, middy } = results.ratios;
  if (byHand > 1.1 || middy >= 1) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
