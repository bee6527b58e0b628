import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { defineApi } from 'cdk-trellis/contract';
import * as z from 'zod';

/** Creates a folder with files. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'trellis-site-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Creates a contract with one operation per path. */
export function contractOf(name: string, ...paths: `/${string}`[]) {
  const operation = (path: `/${string}`) =>
    ({ method: 'GET', path, auth: 'public', responses: { 200: z.string() } }) as const;
  return defineApi(
    { name, version: '1.0.0' },
    Object.fromEntries(paths.map((path, index) => [`get${index}`, operation(path)])),
  );
}
