import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** The object in a file; undefined when there is none, or the file is damaged. */
export function readJson<Value extends object>(file: string): Value | undefined {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && !Array.isArray(value) ? (value ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a file so that nobody ever sees half of it. */
export function writeJson(file: string, value: object): void {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify(value));
  renameSync(draft, file);
}
