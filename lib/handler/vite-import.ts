import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { sourceFile } from './source-file.js';

/** An import as transformed by Vite and Vitest: a path from Vite's root, or `/@fs` with an absolute path. */
const IMPORT = /\b__(?:vite_ssr|vi)_dynamic_import__\s*\(\s*(["'])(\/[^"'?]+)[^"']*\1/;

/** A relative path in quotes. */
const PATH = /(["'`])(\.{1,2}\/[^"'`\n]+)\1/g;

/** Returns the path to which Vite has resolved an import. */
export function viteImport(text: string): string | undefined {
  return IMPORT.exec(text)?.[2]?.replace(/^\/@fs(?=\/)/, '');
}

/**
 * Returns the relative paths in a file that refer to the file to which Vite has resolved an import: one of them was in
 * the import.
 *
 * @param path path from Vite's root, which is a folder above
 */
export function pathsTo(path: string, file: string): string[] {
  const paths = [...readFileSync(file, 'utf8').matchAll(PATH)].map(([, , found = '']) => found);
  return [...new Set(paths)].filter((found) => sourceFile(dirname(file), found)?.endsWith(path));
}
