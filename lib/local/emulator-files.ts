import { join } from 'node:path';

/** A file that is not TypeScript and is shipped beside this module: the launcher, its corrections, its pins. */
export function emulatorFile(name: string): string {
  return join(__dirname, 'emulator', name);
}
