import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from './replace-file.js';

/**
 * Makes what a local cloud has kept fit the port that it is started on: a queue is known by its URL, and functions
 * have it in their environment.
 */
export function moveAddresses(dataDir: string, port: number): void {
  const portFile = join(dataDir, 'port');
  const last = existsSync(portFile) ? readFileSync(portFile, 'utf8') : String(port);
  if (last !== String(port)) {
    const addresses = new RegExp(`(?<=\\b(?:127\\.0\\.0\\.1|localhost):)${last}(?!\\d)`, 'g');
    for (const name of readdirSync(dataDir).filter((file) => file.endsWith('.json'))) {
      const file = join(dataDir, name);
      const text = readFileSync(file, 'utf8');
      const moved = text.replace(addresses, String(port));
      if (moved !== text) replaceFile(file, moved);
    }
  }
  replaceFile(portFile, String(port));
}
