import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { callingFiles } from './call-sites.js';
import { libraryEntry } from './library-entry.js';
import { esModuleOf, originalFiles } from './original-files.js';
import { sourceFile } from './source-file.js';
import { pathsTo, viteImport } from './vite-import.js';

/** `import('x')` or `require('x')`, with any comments that compilers add; jiti uses a name of its own. */
const LITERAL =
  /\b(?:import|require|jitiImport)\s*\(\s*(?:(?:\/\*[\s\S]*?\*\/|\/\/.*)\s*)*(["'`])((?:(?!\1|\$\{|\\).|\\.)+)\1\s*,?\s*\)/;

/** Compilers escape non-ASCII characters as `\xFC` or `\u{1F600}`. */
const ESCAPE = /\\(?:x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]+)\}|(.))/gi;

/** The code that bundlers generate for an import of a module in the same bundle. */
const BUNDLED = /\bPromise\.resolve\(\)\.then\(/;

const located = new WeakMap<() => unknown, string>();

/**
 * Returns the file that `handler: () => import('./place.js')` refers to.
 *
 * The path is relative to the file that contains it, which is not always the first on the stack: a subclass or a helper
 * function may be in between. It is therefore searched in the files of all stack frames, and any result but one file is
 * an error. The result is kept: a saga is written in one file and becomes a construct in another.
 */
export function entryOf(handler: () => unknown): string {
  const cached = libraryEntry(handler) ?? located.get(handler);
  if (cached !== undefined) return cached;
  const file = locate(handler);
  located.set(handler, file);
  return file;
}

function locate(handler: () => unknown): string {
  const text = String(handler);
  const resolved = viteImport(text);
  if (resolved !== undefined) return viteTarget(resolved, callingFiles());
  const literal = LITERAL.exec(text)?.[2];
  const specifier = literal?.replace(
    ESCAPE,
    (_, byte, unit, point, char) => char ?? String.fromCodePoint(Number.parseInt(byte ?? unit ?? point, 16)),
  );
  if (specifier === undefined) {
    const advice = BUNDLED.test(text)
      ? '. The app was bundled together with the handler. Run the app from its sources, or bundle it with code splitting.'
      : '';
    throw new Error(
      `\`handler\` must be a function with a literal import, \`() => import('./place.js')\`, got \`${shorten(text)}\`${advice}`,
    );
  }
  if (!/^\.{0,2}\//.test(specifier)) {
    throw new Error(
      `\`handler\` must import a file of the project by a relative path, got \`${specifier}\`. Import a file that exports the package's handler`,
    );
  }
  return onlyTarget(specifier, [specifier, literal as string], callingFiles());
}

/** @param spellings spellings of the import in the file: plain, or with escapes */
function onlyTarget(specifier: string, spellings: readonly string[], files: string[]): string {
  const targets = new Map<string, string>();
  const writers = files.filter((file) => mentions(file, spellings));
  for (const file of writers) {
    const originals = originalFiles(file, texts.get(file)?.text ?? '').filter((original) =>
      mentions(original, spellings),
    );
    const found = originals.flatMap((original) => targetIn(original, specifier));
    // If the sources exist, the compiled file is a copy.
    for (const [target, by] of found.length > 0 ? found : targetIn(file, specifier)) {
      if (!targets.has(target)) targets.set(target, by);
    }
  }
  if (targets.size === 0) throw new Error(notFoundText(specifier, writers, files));
  return singleTarget(targets, specifier);
}

/**
 * Returns the target of an import that Vite has resolved to a path from its root, which is known only to Vite's
 * configuration.
 */
function viteTarget(path: string, files: string[]): string {
  const found = files.flatMap((file) =>
    pathsTo(path, file).flatMap((relativePath) => targetIn(file, relativePath)),
  );
  if (found.length === 0) throw new Error(notFoundText(path, [], files));
  return singleTarget(new Map(found), path);
}

/** @param targets files, with the file that refers to each */
function singleTarget(targets: ReadonlyMap<string, string>, specifier: string): string {
  const [first, ...rest] = targets.keys();
  if (first !== undefined && rest.length === 0) {
    writtenIn.set(first, { file: targets.get(first) as string, specifier });
    return first;
  }
  const list = [...targets].map(([target, file]) => `\n  - ${shown(target)} (written in ${shown(file)})`);
  throw new Error(
    `\`handler\` imports \`${specifier}\`, which is ambiguous:${list.join('')}\nRename one of the files, or write the paths differently.`,
  );
}

function notFoundText(specifier: string, writers: readonly string[], files: readonly string[]): string {
  const absent = writers.map((file) => {
    const path = shown(specifier.startsWith('/') ? specifier : join(dirname(file), specifier));
    return `\n  - ${path}${/\.js$/.test(path) ? ', nor .ts or .tsx' : ''} (written in ${shown(file)})`;
  });
  if (absent.length > 0) {
    return `\`handler\` imports \`${specifier}\`, which does not exist:${absent.join('')}\nCorrect the path, or create the construct in a call from the file with the import.`;
  }
  const searched = files.map((file) => `\n  - ${shown(file)}`).join('');
  return `\`handler\` imports \`${specifier}\`, but no file on the call stack of this construct contains that text. Searched files:${searched || ' (none)'}\nCreate the construct in the file with the import, or in a call from it.`;
}

/** Returns the target of a specifier in a file, with that file. */
function targetIn(file: string, specifier: string): [target: string, file: string][] {
  const source = sourceFile(specifier.startsWith('/') ? '/' : dirname(file), specifier);
  // The real path, as in esbuild: several links may lead to one file.
  return source === undefined ? [] : [[esModuleOf(realpathSync.native(source)), file]];
}

/** Imports of handler modules, by the module's file. */
const writtenIn = new Map<string, { readonly file: string; readonly specifier: string }>();

/** `import { handler } from './place.js'`, with the text between its braces. */
const STATIC = /^[ \t]*import\s+(?!type\b)([^'"`;]*?)\s*(?:from\s*)?["']([^"']+)["']/gm;

/**
 * Returns the file that imports a handler's module for more than its types, besides the `() => import()` of it: synth
 * then runs the handler's code and loads everything that it imports.
 */
export function valueImportOf(entry: string): string | undefined {
  const found = writtenIn.get(entry);
  const text = found && texts.get(found.file)?.text;
  if (!text) return undefined;
  const isValue = [...text.matchAll(STATIC)].some(
    ([, clause = '', specifier]) => specifier === found.specifier && !isOnlyTypes(clause),
  );
  return isValue ? found.file : undefined;
}

function isOnlyTypes(clause: string): boolean {
  const names = /^\{([^}]*)\}$/.exec(clause)?.[1];
  return names?.split(',').every((name) => /^\s*(type\s.*)?$/.test(name)) ?? false;
}

const texts = new Map<string, { stamp: number; text: string }>();

function mentions(file: string, spellings: readonly string[]): boolean {
  const cached = texts.get(file);
  // The file is read again only if its text may have changed: hundreds of handlers are resolved in a row.
  if (cached && isIn(cached.text, spellings)) return true;
  const stamp = statSync(file).mtimeMs;
  if (cached?.stamp === stamp) return false;
  const text = readFileSync(file, 'utf8');
  texts.set(file, { stamp, text });
  return isIn(text, spellings);
}

function isIn(text: string, spellings: readonly string[]): boolean {
  return spellings.some((spelling) =>
    ["'", '"', '`'].some((quote) => text.includes(quote + spelling + quote)),
  );
}

function shown(file: string): string {
  return relative(process.cwd(), file);
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 100)}...` : line;
}
