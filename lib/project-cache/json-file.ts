import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Returns the object in a file; undefined if the file does not exist or is damaged. */
export function readJson<Value extends object>(file: string): Value | undefined {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && !Array.isArray(value) ? (value ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a file atomically, so that other processes never read part of it. */
export function writeJson(file: string, value: object): void {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify(value));
  renameSync(draft, file);
}
