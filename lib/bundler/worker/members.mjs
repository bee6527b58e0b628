// @ts-check

/**
 * @typedef {{ name: string, local: string }} Binding
 *   An imported name (`*` for the whole module) and its local name in the bundle.
 * @typedef {{ start: number, end: number, specifier: string, bindings: Binding[] }} Statement
 *   An import and its position in the bundle, up to its attributes.
 */

/** Member access by plain names, without the escapes of esbuild. */
const PATH = '(?<path>(?:\\??\\.[A-Za-z_$][\\w$]*(?![\\w$\\\\]))*)';
const CHANGE = '(?<before>delete |\\+\\+|--)?';
const ASSIGNMENT = '(?<after>=(?![=>])|(?:[-+*/%&|^]|\\*\\*|<<|>>>?|&&|\\|\\||\\?\\?)=|\\+\\+|--)?';

/**
 * Returns the members of imported names that a bundle uses, as paths: `iso`, `date` for `z.iso.date`. Names with other
 * uses are left out: `z[key]`, `f(z)`, `z.string = ...`.
 *
 * @param {typeof import('esbuild')} esbuild
 * @param {string} code of an ES module
 * @param {Statement[]} statements
 * @param {string[]} locals
 * @returns {Promise<Map<string, string[][]>>} by local name
 */
export async function membersUsed(esbuild, code, statements, locals) {
  // Evaluated code can use any name.
  if (locals.length === 0 || /\beval\s*\(/.test(code)) return new Map();
  /** @type {Map<string, string[][]>} */
  const found = new Map();
  const body = without(code, statements, new Set(locals));
  for (const local of locals) {
    // Matches `...local` but not `other.local`. Members inside strings add some names too many at worst.
    const paths = pathsOf(`(?<![\\w$]|(?<!\\.\\.)\\.)${escaped(local)}(?![\\w$])`, body);
    if (paths) found.set(local, paths);
  }
  const rest = locals.filter((local) => !found.has(local));
  if (rest.length === 0) return found;
  return new Map([...found, ...(await parsedMembers(esbuild, code, statements, rest))]);
}

/**
 * Distinguishes the name `z` from the `z` of `/[a-z]/`, which takes a parser: esbuild replaces globals, and the names
 * are globals once nothing imports them.
 *
 * @param {typeof import('esbuild')} esbuild
 * @param {string} code
 * @param {Statement[]} statements
 * @param {string[]} locals
 */
async function parsedMembers(esbuild, code, statements, locals) {
  let mark = '$member';
  while (code.includes(mark)) mark += '$';
  const define = Object.fromEntries(locals.map((local, index) => [local, `${mark}${index}`]));
  const marked = await esbuild.transform(without(code, statements, new Set(locals)), {
    define,
    format: 'esm',
    minifyWhitespace: true,
    logLevel: 'silent',
  });
  return locals.flatMap((local, index) => {
    const paths = pathsOf(`${escaped(mark)}${index}(?!\\d)`, marked.code);
    return paths ? [/** @type {const} */ ([local, paths])] : [];
  });
}

/**
 * @param {string} name a pattern
 * @param {string} code
 * @returns {string[][] | undefined} undefined if the name has a use other than member access
 */
function pathsOf(name, code) {
  const paths = [];
  for (const { groups = {} } of code.matchAll(new RegExp(CHANGE + name + PATH + ASSIGNMENT, 'g'))) {
    const { path, before, after } = groups;
    if (!path || before || after) return undefined;
    paths.push(path.split(/\??\./).slice(1));
  }
  return paths;
}

/** @param {string} name */
function escaped(name) {
  return name.replaceAll('$', '\\$');
}

/** @param {string} code @param {Statement[]} statements @param {Set<string>} locals */
function without(code, statements, locals) {
  let end = 0;
  const parts = statements.flatMap((statement) => {
    const kept = statement.bindings.filter(({ local }) => !locals.has(local));
    const before = code.slice(end, statement.start);
    end = statement.end;
    return [before, ...kept.map(importText), 'import', JSON.stringify(statement.specifier)];
  });
  return [...parts, code.slice(end)].join('');
}

/** @param {Binding} binding */
function importText({ name, local }) {
  return name === '*' ? `import*as ${local} from"x";` : `import{${name} as ${local}}from"x";`;
}
