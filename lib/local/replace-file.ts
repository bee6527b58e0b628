import { renameSync, writeFileSync } from 'node:fs';

/** Writes a file as a whole: whoever reads it finds what was there before or what comes now, never a part of it. */
export function replaceFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}.partial`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}
