import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMMENT = /\n\/\/# sourceMappingURL=(\S+)\s*$/;

interface SourceMap {
  readonly sourceRoot?: string;
  readonly sources: readonly string[];
}

/**
 * Returns the existing sources of a compiled file, from its source map.
 *
 * Files of packages have no sources: the published file is the compiled one.
 */
export function originalFiles(file: string, text: string): string[] {
  return /[\\/]node_modules[\\/]/.test(file) ? [] : mappedFiles(file, text);
}

/**
 * Returns the source of a package's module that was compiled to CommonJS, as construct libraries are, if the package
 * contains it: handlers are bundled as ES modules.
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
    // Without a source map, only the compiled file is known.
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
