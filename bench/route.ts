// `npm run bench:route`: measures the cost of `route()` per request, bundled as for a deployment, on this Node.js or on
// the one at BENCH_NODE. Prints ratios, writes bench/route-results.json, and fails if docs/contracts.md promises better
// ratios.
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
    // Only the test kit imports them, not the measured code.
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
