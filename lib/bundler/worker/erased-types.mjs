// @ts-check
import { resolve } from 'node:path';

/**
 * @typedef {Map<string, Set<string>>} Gone
 *   By file, the imported names that are types. A compiler that sees one file at a time cannot know, and takes them for
 *   values in the types of what is decorated.
 */

const NO_EXPORT = /^No matching export in ".*" for import "([^"]+)"/;

/**
 * Adds what a failed build says of such names.
 *
 * @param {Gone} gone
 * @param {readonly import('esbuild').Message[]} errors
 * @param {string} root
 * @returns {Gone | undefined} undefined when something else is wrong
 */
export function withTypes(gone, errors, root) {
  const found = new Map([...gone].map(([file, names]) => [file, new Set(names)]));
  for (const { text, location } of errors) {
    const name = NO_EXPORT.exec(text)?.[1];
    const file = location && resolve(root, location.file);
    if (!name || !file || gone.get(file)?.has(name)) return undefined;
    found.set(file, (found.get(file) ?? new Set()).add(name));
  }
  return found;
}

/**
 * Replaces imports of types by variables without a value, which is what the compiled code asks for.
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
    const [gone, kept] = [true, false].map((is) => statement.specifiers.filter((one) => isType(one) === is));
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
