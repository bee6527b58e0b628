import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { callingFiles } from './call-sites.js';
import { libraryEntry } from './library-entry.js';
import { esModuleOf, originalFiles } from './original-files.js';
import { sourceFile } from './source-file.js';
import { pathsTo, viteImport } from './vite-import.js';

/** `import('x')` or `require('x')`, whatever a compiler has put around it; jiti has a name of its own for it. */
const LITERAL =
  /\b(?:import|require|jitiImport)\s*\(\s*(?:(?:\/\*[\s\S]*?\*\/|\/\/.*)\s*)*(["'`])((?:(?!\1|\$\{|\\).|\\.)+)\1\s*,?\s*\)/;

/** Compilers write what is not ASCII as `\xFC` or `\u{1F600}`. */
const ESCAPE = /\\(?:x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]+)\}|(.))/gi;

/** What bundlers make of an import of a module that they have put into the same file. */
const BUNDLED = /\bPromise\.resolve\(\)\.then\(/;

const located = new WeakMap<() => unknown, string>();

/**
 * The file that `handler: () => import('./place.js')` means.
 *
 * The path is relative to the file that has written it, which is not always the first on the stack: a subclass or
 * a helper function may lie between. So it is looked for in the files of all stack frames, and anything but one
 * answer is an error. It is remembered: a saga is written in one file, and made a construct in another.
 */
export function entryOf(handler: () => unknown): string {
  const known = libraryEntry(handler) ?? located.get(handler);
  if (known !== undefined) return known;
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
    (_, byte, unit, point, other) =>
      other ?? String.fromCodePoint(Number.parseInt(byte ?? unit ?? point, 16)),
  );
  if (specifier === undefined) {
    const advice = BUNDLED.test(text)
      ? '. The app has been bundled, and the handler with it: run the app from its sources, or bundle it with code splitting.'
      : '';
    throw new Error(
      `\`handler\` must be a function with a literal import, \`() => import('./place.js')\`, got \`${shorten(text)}\`${advice}`,
    );
  }
  if (!/^\.{0,2}\//.test(specifier)) {
    throw new Error(
      `\`handler\` must import a file of the project by a relative path, got \`${specifier}\`: write a file that exports the package's handler and import that`,
    );
  }
  return onlyTarget(specifier, [specifier, literal as string], callingFiles());
}

/** @param spellings how a file may have it: as it is, or with escapes */
function onlyTarget(specifier: string, spellings: readonly string[], files: string[]): string {
  const targets = new Map<string, string>();
  const writers = files.filter((file) => mentions(file, spellings));
  for (const file of writers) {
    const originals = originalFiles(file, texts.get(file)?.text ?? '').filter((one) =>
      mentions(one, spellings),
    );
    const found = originals.flatMap((one) => targetIn(one, specifier));
    // Where the sources are there, what they were compiled to is a copy.
    for (const [target, by] of found.length > 0 ? found : targetIn(file, specifier)) {
      if (!targets.has(target)) targets.set(target, by);
    }
  }
  if (targets.size === 0) throw new Error(nowhere(specifier, writers, files));
  return oneOf(targets, specifier);
}

/** Vite has resolved the import, to a path from its root, which only those who configure it know. */
function viteTarget(path: string, files: string[]): string {
  const found = files.flatMap((file) => pathsTo(path, file).flatMap((one) => targetIn(file, one)));
  if (found.length === 0) throw new Error(nowhere(path, [], files));
  return oneOf(new Map(found), path);
}

/** @param targets files, and by which file each is meant */
function oneOf(targets: ReadonlyMap<string, string>, specifier: string): string {
  const [first, ...others] = targets.keys();
  if (first !== undefined && others.length === 0) {
    written.set(first, { file: targets.get(first) as string, specifier });
    return first;
  }
  const list = [...targets].map(([target, file]) => `\n  - ${shown(target)} (written in ${shown(file)})`);
  throw new Error(
    `\`handler\` imports \`${specifier}\`, which may mean:${list.join('')}\nRename one, or write the paths differently.`,
  );
}

function nowhere(specifier: string, writers: readonly string[], files: readonly string[]): string {
  const absent = writers.map((file) => {
    const path = shown(specifier.startsWith('/') ? specifier : join(dirname(file), specifier));
    return `\n  - ${path}${/\.js$/.test(path) ? ', nor .ts or .tsx' : ''} (written in ${shown(file)})`;
  });
  if (absent.length > 0) {
    return `\`handler\` imports \`${specifier}\`, and there is no such file:${absent.join('')}\nCorrect the path, or call what creates the construct from the file that has the import.`;
  }
  const looked = files.map((file) => `\n  - ${shown(file)}`).join('');
  return `\`handler\` imports \`${specifier}\`, but no file on the way to this construct contains that text. Looked in:${looked || ' (none)'}\nCreate the construct, or call what creates it, from the file that has the import.`;
}

/** What a specifier means in a file, and the file. */
function targetIn(file: string, specifier: string): [target: string, file: string][] {
  const source = sourceFile(specifier.startsWith('/') ? '/' : dirname(file), specifier);
  // As esbuild names it: several links may lead to one file.
  return source === undefined ? [] : [[esModuleOf(realpathSync.native(source)), file]];
}

/** Where the import of a handler's module was found, by the module's file. */
const written = new Map<string, { readonly file: string; readonly specifier: string }>();

/** `import { handler } from './place.js'`, and what stands between its braces. */
const STATIC = /^[ \t]*import\s+(?!type\b)([^'"`;]*?)\s*(?:from\s*)?["']([^"']+)["']/gm;

/**
 * The file that imports a handler's module for more than its types, next to the `() => import()` of it: synth then runs
 * what runs in Lambda, and loads all that it imports.
 */
export function valueImportOf(entry: string): string | undefined {
  const found = written.get(entry);
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
  const known = texts.get(file);
  // It is read again only if it may say something else than it did: hundreds of handlers are asked for in a row.
  if (known && isIn(known.text, spellings)) return true;
  const stamp = statSync(file).mtimeMs;
  if (known?.stamp === stamp) return false;
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
