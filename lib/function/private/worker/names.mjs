// @ts-check
import { init, parse } from 'es-module-lexer';

/**
 * @typedef {{ names: Set<string>, perhaps: Set<string>, whole: boolean }} Use
 *   What a bundle uses of one vendor module.
 */

/**
 * The names that bundles use of the modules they import, by specifier.
 *
 * Read from esbuild's output and not from the sources: unused code is gone and every top-level name is unique in
 * it, so that `z.string` can be nothing but a member of the module imported as `z`.
 *
 * @param {string[]} outputs
 * @param {(specifier: string) => boolean} isVendor
 */
export async function namesUsed(outputs, isVendor) {
  await init;
  /** @type {Map<string, Use>} */
  const uses = new Map();
  for (const code of outputs) {
    for (const found of parse(code)[0]) {
      if (found.type === 'import-meta' || found.specifier === undefined || !isVendor(found.specifier))
        continue;
      const use = uses.get(found.specifier) ?? { names: new Set(), perhaps: new Set(), whole: false };
      uses.set(found.specifier, use);
      if (found.type === 'static') readStatement(code.slice(found.importStart, found.start), code, use);
      else use.whole = true;
    }
  }
  return uses;
}

const CLAUSE =
  /^(?:import|export)\s*(?:([\w$]+)\s*,?\s*)?(?:\*\s*as\s+([\w$]+)\s*|\{([^}"']*)\}\s*)?(?:from\s*)?["']?$/;

/**
 * @param {string} statement `import a,{b as c}from"`, up to the specifier
 * @param {string} code
 * @param {Use} use
 */
function readStatement(statement, code, use) {
  const clause = CLAUSE.exec(statement);
  // Names that are strings, `export * from`: nothing to tell apart.
  if (!clause || (statement.startsWith('export') && clause[3] === undefined)) {
    use.whole = true;
    return;
  }
  if (clause[1] && clause[1] !== 'from') use.names.add('default');
  for (const part of (clause[3] ?? '').split(',')) {
    const name = part.trim().split(/\s+as\s+/)[0];
    if (name) use.names.add(name);
  }
  if (clause[2]) readNamespace(clause[2], code, use);
}

/**
 * @param {string} local
 * @param {string} code
 * @param {Use} use
 */
function readNamespace(local, code, use) {
  const name = local.replace(/\$/g, '\\$');
  // Not `other.local`, but `...local`; then `.member`, or something that needs the whole module.
  const mention = new RegExp(`(?<![\\w$]|(?<!\\.\\.)\\.)${name}(?![\\w$])(\\.([\\w$]+))?`, 'g');
  for (const match of code.matchAll(mention)) {
    const isImport = code.slice(Math.max(0, match.index - 12), match.index).endsWith('*as ');
    if (isImport) continue;
    if (match[2]) use.perhaps.add(match[2]);
    else use.whole = true;
  }
}
