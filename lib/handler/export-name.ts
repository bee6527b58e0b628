/** The import in the code of a compiler, Vite or jiti. */
const IMPORT = /\b(?:import|require|jitiImport|__(?:vite_ssr|vi)_dynamic_import__)\s*\(\s*/;

/** `.then((module) => ({ handler: module.place }))`, also after a compiler or a coverage tool. */
const CHOICE =
  /\.then\(\s*(?:function\b[^(]*)?\(?\s*([\w$]+)\s*\)?[\s\S]*?\bhandler["']?\s*:\s*\1\s*(?:\.\s*([\w$]+)|\[\s*(["'])(.+?)\3\s*\])/;

/** Signs that the module is not used as it is. Compilers put an import into a `then`. */
const BEFORE = /\bawait\b|\bhandler\b/;
const AFTER = /\.then\(|\bawait\b|\bhandler\b/;

const TEXTS = /(["'`])(?:\\.|(?!\1)[\s\S])*\1/g;

/**
 * Returns the name of the export that is the handler: `handler`, or the one named in `() =>
 * import('./orders.js').then((module) => ({ handler: module.place }))`.
 *
 * @throws Error if the module is used in another way
 */
export function exportNameOf(handler: () => unknown): string {
  const text = String(handler);
  const start = Math.max(0, text.search(IMPORT));
  const [before, after] = [text.slice(0, start), withoutInterop(text.slice(start))];
  const [, , name, , quoted] = CHOICE.exec(after) ?? [];
  const chosen = name ?? quoted;
  if (chosen !== undefined) return chosen;
  if (!BEFORE.test(before) && !AFTER.test(after.replace(TEXTS, ''))) return 'handler';
  throw new Error(
    `\`handler\` must select another export of its module as in \`() => import('./orders.js').then((module) => ({ handler: module.place }))\`, got \`${text.replace(/\s+/g, ' ').slice(0, 200)}\``,
  );
}

/** Removes the `then` that tsx adds to imports of modules that are compiled to CommonJS. */
function withoutInterop(text: string): string {
  return text
    .split('.then(')
    .filter((part) => !part.includes('__esModule'))
    .join('.then(');
}
