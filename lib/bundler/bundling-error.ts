import { writeSync } from 'node:fs';

/**
 * An error of the bundler. It is thrown while a template is resolved, where CDK prefixes the message with `Resolution
 * error:` once for each level of the template. The `message` is therefore fixed.
 */
export class BundlingError extends Error {
  constructor(text: string) {
    super(text);
    Object.defineProperty(this, 'message', { get: () => text, set: () => undefined });
    printWhenUncaught();
  }
}

let isRegistered = false;

/**
 * Lets an uncaught bundling error end the app with its message alone. CDK throws it again, and Node.js prints the source
 * line that threw before the message: of CDK's minified files that is the whole file, 20 kB.
 */
function printWhenUncaught(): void {
  if (isRegistered) return;
  isRegistered = true;
  process.on('uncaughtExceptionMonitor', (error) => {
    // The app handles such errors itself.
    if (process.listenerCount('uncaughtException') > 0) return;
    if (!(error instanceof BundlingError)) return;
    writeSync(process.stderr.fd, `BundlingError: ${error.message}\n`);
    process.exit(1);
  });
}
