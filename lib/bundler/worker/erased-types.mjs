// @ts-check
import { resolve } from 'node:path';

/**
 * @typedef {Map<string, Set<string>>} Gone
 *   Imported names that are types, by file. A compiler that sees one file at a time treats them as values in the type
 *   metadata of decorated members.
 */

const NO_EXPORT = /^No matching export in ".*" for import "([^"]+)"/;

/**
 * Adds the names that a failed build reports.
 *
 * @param {Gone} gone
 * @param {readonly import('esbuild').Message[]} errors
 * @param {string} root
 * @returns {Gone | undefined} undefined if there are other errors
 */
export function withTypes(gone, errors, root) {
  const types = new Map([...gone].map(([file, names]) => [file, new Set(names)]));
  for (const { text, location } of errors) {
    const name = NO_EXPORT.exec(text)?.[1];
    const file = location && resolve(root, location.file);
    if (!name || !file || gone.get(file)?.has(name)) return undefined;
    types.set(file, (types.get(file) ?? new Set()).add(name));
  }
  return types;
}

/**
 * Replaces imports of types by variables without a value, which the compiled code refers to.
 *
 * @param {string} code
 * @param {ReadonlySet<string>} types
 */
export async function withoutTypes(code, types) {
  if (types.size === 0) return code;
  const { parse } = await import('@babel/parser');
  const { body } = parse(code, { sourceType: 'module', plugins: ['jsx'] }).program;
  let text = code;
  for (const statement of body.reverse()) {
    if (statement.type !== 'ImportDeclaration') continue;
    const isType = (/** @type {any} */ { imported }) => types.has(imported?.name);
    const [gone, kept] = [true, false].map((is) =>
      statement.specifiers.filter((specifier) => isType(specifier) === is),
    );
    if (!gone?.length) continue;
    const clause = importClause(kept ?? []);
    const from = JSON.stringify(statement.source.value);
    const rest = clause ? `import ${clause} from ${from};` : `import ${from};`;
    const variables = gone.map(({ local }) => `var ${local.name};`).join('');
    text = `${text.slice(0, statement.start ?? 0)}${rest}${variables}${text.slice(statement.end ?? 0)}`;
  }
  return text;
}

/** @param {any[]} specifiers */
function importClause(specifiers) {
  const first = specifiers
    .filter(({ type }) => type !== 'ImportSpecifier')
    .map(({ type, local }) => (type === 'ImportNamespaceSpecifier' ? `* as ${local.name}` : local.name));
  const named = specifiers
    .filter(({ type }) => type === 'ImportSpecifier')
    .map(({ imported, local }) => `${imported.name ?? JSON.stringify(imported.value)} as ${local.name}`);
  return [...first, ...(named.length > 0 ? [`{ ${named.join(', ')} }`] : [])].join(', ');
}
