import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { LocalCloudError } from '../local/index.js';

/**
 * A synthesized app.
 *
 * @throws LocalCloudError when the folder has none
 */
export function assemblyIn(folder: string): CloudAssembly {
  if (!existsSync(join(folder, 'manifest.json'))) {
    throw new LocalCloudError(
      `Expected a synthesized app in ${folder}, but it has no manifest.json.\nRun \`npx cdk synth\` first (for the local cloud \`npx cdk synth -c target=local\`), or name its folder with \`--app\`.`,
    );
  }
  // Loaded here: commands without a synthesized app do not need it.
  const cxapi = require('aws-cdk-lib/cx-api') as { CloudAssembly: new (folder: string) => CloudAssembly };
  return new cxapi.CloudAssembly(folder);
}
