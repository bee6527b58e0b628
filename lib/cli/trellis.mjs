#!/usr/bin/env node
// In a clone, runs the sources beside it through tsx; in the package, the compiled command.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// Which Node.js the SDK will want one day is not for this command's error stream.
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
