#!/usr/bin/env node
// Runs the sources through tsx in a clone, and the compiled command in the package.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// The SDK's warning about future Node.js requirements does not belong on this command's error stream.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const require = createRequire(import.meta.url);
const source = fileURLToPath(new URL('./main.ts', import.meta.url));

let command = '../../dist/cli/main.js';
if (existsSync(source)) {
  const { register } = await import('tsx/cjs/api');
  register();
  command = source;
}
await require(command).main(process.argv);
