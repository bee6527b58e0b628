import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { LocalCloudError } from '../local/index.js';

/** Returns the folder into which `cdk synth` writes: `output` in cdk.json. */
export function outputFolder(projectDir: string): string {
  const file = join(projectDir, 'cdk.json');
  try {
    const { output } = JSON.parse(readFileSync(file, 'utf8')) as { output?: unknown };
    return typeof output === 'string' ? output : 'cdk.out';
  } catch {
    // The folder has no app: the command names the folder that it expects.
    return 'cdk.out';
  }
}

/**
 * Reads a synthesized app.
 *
 * @throws LocalCloudError when the folder has no cloud assembly
 */
export function readAssembly(folder: string): CloudAssembly {
  if (!existsSync(join(folder, 'manifest.json'))) {
    throw new LocalCloudError(
      `Expected a synthesized app in ${folder}, but it has no manifest.json.\nRun \`npx cdk synth\` first (for the local cloud \`npx cdk synth -c target=local\`), or pass its folder with \`--app\`.`,
    );
  }
  // Loaded lazily: commands without a synthesized app do not need it.
  const cxapi = require('aws-cdk-lib/cx-api') as { CloudAssembly: new (folder: string) => CloudAssembly };
  return new cxapi.CloudAssembly(folder);
}
