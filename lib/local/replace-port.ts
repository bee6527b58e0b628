import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from './replace-file.js';

/**
 * Replaces the port of the last start in the saved data: queues are identified by their URLs, which functions have in
 * their environment.
 */
export function replacePort(dataDir: string, port: number): void {
  const portFile = join(dataDir, 'port');
  const last = existsSync(portFile) ? readFileSync(portFile, 'utf8') : String(port);
  if (last !== String(port)) {
    const addresses = new RegExp(`(?<=\\b(?:127\\.0\\.0\\.1|localhost):)${last}(?!\\d)`, 'g');
    for (const name of readdirSync(dataDir).filter((file) => file.endsWith('.json'))) {
      const file = join(dataDir, name);
      const text = readFileSync(file, 'utf8');
      const replaced = text.replace(addresses, String(port));
      if (replaced !== text) replaceFile(file, replaced);
    }
  }
  replaceFile(portFile, String(port));
}
