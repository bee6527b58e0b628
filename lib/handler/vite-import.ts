import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { sourceFile } from './source-file.js';

/** What Vite, and so Vitest, makes of an import: a path from its root, or `/@fs` and one from that of the machine. */
const IMPORT = /\b__(?:vite_ssr|vi)_dynamic_import__\s*\(\s*(["'])(\/[^"'?]+)[^"']*\1/;

/** A relative path in quotes. */
const PATH = /(["'`])(\.{1,2}\/[^"'`\n]+)\1/g;

/** The file that an import means which Vite has resolved. */
export function viteImport(text: string): string | undefined {
  return IMPORT.exec(text)?.[2]?.replace(/^\/@fs(?=\/)/, '');
}

/**
 * The relative paths in a file that mean the file which Vite has resolved an import to: one of them was in the import.
 *
 * @param path from Vite's root, which is a folder above
 */
export function pathsTo(path: string, file: string): string[] {
  const paths = [...readFileSync(file, 'utf8').matchAll(PATH)].map(([, , found = '']) => found);
  return [...new Set(paths)].filter((found) => sourceFile(dirname(file), found)?.endsWith(path));
}
