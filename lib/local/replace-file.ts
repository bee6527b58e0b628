import { renameSync, writeFileSync } from 'node:fs';
import { PRIVATE_FILE } from './private-files.js';

/** Replaces a private file atomically: a reader gets the old or the new content, never a part. */
export function replaceFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}.partial`;
  writeFileSync(draft, text, { mode: PRIVATE_FILE });
  renameSync(draft, file);
}
