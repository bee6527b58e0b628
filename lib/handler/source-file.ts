import { statSync } from 'node:fs';
import { extname, join } from 'node:path';

/** Candidates for an extension in an import, best first: a stale compiled file never hides its source. */
const SOURCES: Record<string, readonly string[]> = {
  '.js': ['.ts', '.tsx', '.js', '.jsx'],
  '.jsx': ['.tsx', '.jsx'],
  '.mjs': ['.mts', '.mjs'],
  '.cjs': ['.cts', '.cjs'],
};

const WITHOUT_EXTENSION = ['.ts', '.tsx', '.mts', '.js', '.mjs', '.jsx'];

/**
 * Returns the file of a relative import as TypeScript resolves it: `./place.js` may be `./place.ts`.
 *
 * @returns undefined if the file does not exist
 */
export function sourceFile(folder: string, specifier: string): string | undefined {
  const path = join(folder, specifier);
  const extension = extname(path);
  const replacements = SOURCES[extension];
  const candidates = replacements
    ? replacements.map((source) => path.slice(0, -extension.length) + source)
    : [path];
  return (
    candidates.find(isFile) ??
    WITHOUT_EXTENSION.map((source) => path + source).find(isFile) ??
    WITHOUT_EXTENSION.map((source) => join(path, `index${source}`)).find(isFile)
  );
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
