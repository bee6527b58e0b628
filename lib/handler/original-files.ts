import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMMENT = /\n\/\/# sourceMappingURL=(\S+)\s*$/;

interface SourceMap {
  readonly sourceRoot?: string;
  readonly sources: readonly string[];
}

/**
 * The files that a compiled one was made from, as its source map has them, where they are there.
 *
 * Not those of packages: what they have published is what was compiled.
 */
export function originalFiles(file: string, text: string): string[] {
  return /[\\/]node_modules[\\/]/.test(file) ? [] : mappedFiles(file, text);
}

/**
 * The source of a module of a package that was compiled to CommonJS, as libraries of constructs are, where the package has
 * it: handlers are bundled as ES modules.
 */
export function esModuleOf(file: string): string {
  if (!/[\\/]node_modules[\\/].*\.c?js$/.test(file)) return file;
  const text = readFileSync(file, 'utf8');
  if (/^\s*(import|export)\b/m.test(text) || !/\bexports\b/.test(text)) return file;
  return mappedFiles(file, text).find((source) => /\.[cm]?tsx?$/.test(source)) ?? file;
}

function mappedFiles(file: string, text: string): string[] {
  const url = COMMENT.exec(text)?.[1];
  if (!url) return [];
  try {
    const { sourceRoot = '', sources } = JSON.parse(mapText(file, url)) as SourceMap;
    const paths = sources.map((source) => pathOf(dirname(file), join(sourceRoot, source), source));
    return paths.filter((path) => existsSync(path));
  } catch {
    // Without it, the compiled file is all there is.
    return [];
  }
}

function mapText(file: string, url: string): string {
  const inline = /^data:application\/json[^,]*;base64,(.*)$/.exec(url)?.[1];
  return inline === undefined
    ? readFileSync(resolve(dirname(file), decodeURIComponent(url)), 'utf8')
    : Buffer.from(inline, 'base64').toString('utf8');
}

function pathOf(folder: string, path: string, source: string): string {
  return source.startsWith('file:') ? fileURLToPath(source) : resolve(folder, path);
}
