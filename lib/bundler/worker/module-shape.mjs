// @ts-check
import { readFileSync } from 'node:fs';
import { init, parse } from 'es-module-lexer';

/**
 * @typedef {{ specifier: string, name: string | null }} Reexport `null` is the whole module, as a namespace.
 * @typedef {{
 *   imports: string[], own: Set<string>, reexports: Map<string, Reexport>, stars: string[], isFacade: boolean,
 * }} Shape
 *   Imports and exports of an ES module: its own names, names of other modules, and modules of which it exports
 *   everything. A facade contains nothing else.
 */

/**
 * @param {string} file
 * @returns {Promise<Shape | undefined>} undefined if it is not an ES module, or the lexer cannot parse it
 */
export async function shapeOf(file) {
  if (!/\.m?js$/.test(file)) return undefined;
  await init;
  try {
    return read(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} code @returns {Shape | undefined} */
function read(code) {
  const [imports, exports, isFacade, isModule] = parse(code);
  if (!isModule) return undefined;
  const named = withNamedDefault(code, exports);
  if (named !== undefined) return read(named);
  const statements = imports.filter(({ type }) => type === 'static' || type === 'reexport-star');
  // Such an import runs a module later, or never.
  if (imports.some((item) => item.type !== 'import-meta' && item.phase !== null)) return undefined;
  /** @type {Shape} */
  const shape = {
    imports: statements.flatMap(({ specifier }) => specifier ?? []),
    own: new Set(),
    reexports: new Map(),
    stars: [],
    isFacade: isFacade && statements.length === imports.length,
  };
  for (const found of exports) {
    if (found.type === 'direct') shape.own.add(found.name);
    else if (found.type === 'reexport-all') shape.stars.push(found.from);
    else shape.reexports.set(found.name, { specifier: found.from, name: found.importName });
  }
  return shape;
}

const DEFAULT =
  /^export\s+default\s+([\w$]+)(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*(?:;|$|(?=\b(?:import|export)\b))/;

/**
 * Rewrites `export default z` to `export { z as default }`. The lexer reports a default export as the module's own
 * value, even if it is just an imported name.
 *
 * @param {string} code
 * @param {readonly import('es-module-lexer').Export[]} exports
 * @returns {string | undefined} undefined without such an export
 */
function withNamedDefault(code, exports) {
  const found = exports.find(
    (entry) => entry.type === 'direct' && entry.name === 'default' && entry.localName === undefined,
  );
  const statement = found && DEFAULT.exec(code.slice(found.exportStart));
  if (!statement) return undefined;
  const [text, local] = statement;
  const end = found.exportStart + text.length;
  return `${code.slice(0, found.exportStart)}export { ${local} as default };${code.slice(end)}`;
}
