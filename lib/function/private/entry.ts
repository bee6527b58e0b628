import { readFileSync, statSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { callingFiles } from './call-sites.js';
import { sourceFile } from './source-file.js';

/** `import('x')` or `require('x')`, whatever a compiler has put around it. */
const LITERAL = /\b(?:import|require)\s*\(\s*(?:\/\*.*?\*\/\s*)*(["'`])((?:(?!\1)[^\\$])+)\1\s*\)/;

/**
 * The file that `handler: () => import('./place.js')` means.
 *
 * The path is relative to the file that has written it, which is not always the first on the stack: a subclass or
 * a helper function may lie between. So it is looked for in the files of all stack frames, and anything but one
 * answer is an error.
 */
export function entryOf(handler: () => unknown): string {
  const text = String(handler);
  const specifier = LITERAL.exec(text)?.[2];
  if (specifier === undefined) {
    throw new Error(
      `\`handler\` must be a function with a literal import, \`() => import('./place.js')\`, got \`${shorten(text)}\``,
    );
  }
  if (!/^\.{0,2}\//.test(specifier)) {
    throw new Error(
      `\`handler\` must import a file of the project by a relative path, got \`${specifier}\`: write a file that exports the package's handler and import that`,
    );
  }
  return onlyTarget(specifier, callingFiles());
}

function onlyTarget(specifier: string, files: string[]): string {
  const targets = new Map<string, string>();
  for (const file of files) {
    if (!mentions(file, specifier)) continue;
    const target = sourceFile(specifier.startsWith('/') ? '/' : dirname(file), specifier);
    if (target && !targets.has(target)) targets.set(target, file);
  }
  const [first, ...others] = targets.keys();
  if (first !== undefined && others.length === 0) return first;
  if (first === undefined) {
    const looked = files.map((file) => `\n  - ${shown(file)}`).join('');
    throw new Error(
      `\`handler\` imports \`${specifier}\`, but no file on the way to this construct both contains that text and has such a file next to it. Looked in:${looked || ' (none)'}\nCreate the construct, or call what creates it, from the file that has the import.`,
    );
  }
  const list = [...targets].map(([target, file]) => `\n  - ${shown(target)} (written in ${shown(file)})`);
  throw new Error(
    `\`handler\` imports \`${specifier}\`, which may mean:${list.join('')}\nRename one, or write the paths differently.`,
  );
}

const texts = new Map<string, { stamp: number; text: string }>();

function mentions(file: string, specifier: string): boolean {
  const stamp = statSync(file).mtimeMs;
  let known = texts.get(file);
  if (known?.stamp !== stamp) {
    known = { stamp, text: readFileSync(file, 'utf8') };
    texts.set(file, known);
  }
  const { text } = known;
  return [`'${specifier}'`, `"${specifier}"`, `\`${specifier}\``].some((quoted) => text.includes(quoted));
}

function shown(file: string): string {
  return relative(process.cwd(), file);
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 100)}...` : line;
}
