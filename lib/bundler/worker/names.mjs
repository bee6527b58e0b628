// @ts-check
import { init, parse } from 'es-module-lexer';
import { membersUsed } from './members.mjs';

/**
 * @typedef {import('./members.mjs').Statement} Statement
 * @typedef {{ names: Set<string>, members: Set<string>, whole: boolean }} Use
 *   The names of a vendor module that a bundle uses: imported names, and members of namespaces, which may not exist:
 *   `string` of `import * as z`, `z.string` where the export `z` is a namespace.
 * @typedef {import('./namespaces.mjs').Place} Place
 */

/**
 * Returns the names of modules that bundles use, by specifier.
 *
 * They are read from esbuild's output, not from the sources: unused code is gone and every top-level name is unique in
 * it, so that `z.string` can only be a member of the module imported as `z`.
 *
 * @param {typeof import('esbuild')} esbuild
 * @param {string[]} outputs
 * @param {ReadonlyMap<string, Place>} vendors locations of the modules, by specifier
 * @param {import('./namespaces.mjs').Namespaces} namespaces
 */
export async function namesUsed(esbuild, outputs, vendors, namespaces) {
  await init;
  /** @type {Map<string, Use>} */
  const uses = new Map();
  const useOf = (/** @type {string} */ specifier) => {
    const use = uses.get(specifier) ?? { names: new Set(), members: new Set(), whole: false };
    uses.set(specifier, use);
    return use;
  };
  for (const code of outputs) {
    const statements = read(code, vendors, useOf);
    const bindings = statements.flatMap(({ specifier, bindings }) => {
      const place = vendors.get(specifier);
      return place ? bindings.map((binding) => ({ ...binding, place, use: useOf(specifier) })) : [];
    });
    const locals = [];
    for (const { place, use, name, local } of bindings) {
      if (use.whole || use.names.has(name)) continue;
      const isNamespace = name === '*' || (hasMember(code, local) && (await namespaces.find(place, name)));
      if (isNamespace) locals.push(local);
    }
    const members = await membersUsed(esbuild, code, statements, locals);
    for (const { place, use, name, local } of bindings) {
      const paths = members.get(local);
      if (!paths && name === '*') use.whole = true;
      else if (!paths) use.names.add(name);
      for (const path of paths ?? []) {
        const used = await namespaces.shortest(place, name === '*' ? path : [name, ...path]);
        use.members.add(used.join('.'));
      }
    }
  }
  return uses;
}

const CLAUSE = /^import\s*(?:([\w$]+)\s*,?\s*)?(?:\*\s*as\s+([\w$]+)\s*|\{([^}"']*)\}\s*)?(?:from\s*)?["']?$/;

/**
 * Records re-exports, and imports that reveal no names.
 *
 * @param {string} code
 * @param {ReadonlyMap<string, Place>} vendors
 * @param {(specifier: string) => Use} useOf
 * @returns {Statement[]} the remaining imports
 */
function read(code, vendors, useOf) {
  const [imports, exports] = parse(code);
  for (const found of exports) {
    if (found.type !== 'reexport' || !vendors.has(found.from)) continue;
    const use = useOf(found.from);
    if (found.importName !== null && /^[\w$]+$/.test(found.importName)) use.names.add(found.importName);
    else use.whole = true;
  }
  return imports.flatMap((found) => {
    if (found.type === 'import-meta' || !found.specifier || !vendors.has(found.specifier)) return [];
    const { specifier, start, importStart } = found;
    const use = useOf(specifier);
    const text = code.slice(importStart, start);
    if (found.type === 'static' && text.startsWith('export')) return [];
    const members = found.type === 'dynamic' ? membersOfDynamicImport(code, found) : undefined;
    if (members) {
      for (const name of members) use.members.add(name);
      return [];
    }
    const clause = found.type === 'static' && found.phase === null ? CLAUSE.exec(text) : null;
    if (clause) return [{ specifier, start: importStart, end: found.end + 1, bindings: bindingsOf(clause) }];
    // Other dynamic or deferred imports, `export * from` and string names do not reveal the names they use.
    use.whole = true;
    return [];
  });
}

/**
 * Returns the names that are read directly from a dynamic import: `{lookup}=await import("x")`, `(await
 * import("x")).lookup`. Some may not exist.
 *
 * @param {string} code
 * @param {import('es-module-lexer').DynamicImport} found
 * @returns {string[] | undefined} undefined if any name may be used
 */
function membersOfDynamicImport(code, { importStart, importEnd, phase }) {
  if (phase !== null) return undefined;
  const before = code.slice(Math.max(0, importStart - MAX_CONTEXT), importStart);
  const after = code.slice(importEnd, importEnd + MAX_CONTEXT);
  const member = before.endsWith('(await ') ? /^\)\??\.([A-Za-z_$][\w$]*)(?![\w$\\])/.exec(after) : null;
  if (member?.[1]) return [member[1]];
  const isAll = /^(?:[;,)}\s]|$)/.test(after);
  const names = isAll ? DESTRUCTURED.exec(before)?.[1] : undefined;
  return names?.split(',').map((part) => part.split(':')[0] ?? '');
}

const DESTRUCTURED = /(?:^|\b(?:let|const|var)|[,;({])\s*\{([\w$,:]+)\}=await $/;

/** Characters to inspect before and after an import. */
const MAX_CONTEXT = 2000;

/** @param {string[]} clause */
function bindingsOf([, first, all, list = '']) {
  const bindings = list.split(',').flatMap((part) => {
    const [name = '', local = name] = part.trim().split(/\s+as\s+/);
    return name ? [{ name, local }] : [];
  });
  if (first && first !== 'from') bindings.push({ name: 'default', local: first });
  if (all) bindings.push({ name: '*', local: all });
  return bindings;
}

/**
 * Returns true if the name may have member access: a cheap test before the exact one.
 *
 * @param {string} code
 * @param {string} local
 */
function hasMember(code, local) {
  return code.includes(`${local}.`) || code.includes(`${local}?.`);
}
