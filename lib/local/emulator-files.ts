import { join } from 'node:path';

/** Returns the path of a file of the emulator: the launcher, its corrections, its pinned requirements. */
export function emulatorFile(name: string): string {
  return join(__dirname, 'emulator', name);
}
