import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the files of a cloud assembly and of its nested ones with this ending, such as `.template.json`. */
export function assemblyFiles(assemblyDir: string, ending: string): string[] {
  return readdirSync(assemblyDir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(assemblyDir, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith('assembly-') ? assemblyFiles(path, ending) : [];
    return entry.name.endsWith(ending) ? [path] : [];
  });
}
