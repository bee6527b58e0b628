// @ts-check

/**
 * @typedef {{ name: string, local: string }} Binding
 *   A name that a bundle imports, `*` for the whole module, and what the bundle calls it.
 * @typedef {{ start: number, end: number, specifier: string, bindings: Binding[] }} Statement
 *   An import and where it is in the bundle, up to its attributes.
 */

/** Members, as far as they are plain names: what esbuild has escaped is none. */
const PATH = '(?<path>(?:\\??\\.[A-Za-z_$][\\w$]*(?![\\w$\\\\]))*)';
const CHANGE = '(?<before>delete |\\+\\+|--)?';
const ASSIGNMENT = '(?<after>=(?![=>])|(?:[-+*/%&|^]|\\*\\*|<<|>>>?|&&|\\|\\||\\?\\?)=|\\+\\+|--)?';

/**
 * The members that a bundle uses of imported names, each as a path: `iso`, `date` for `z.iso.date`. None of those
 * names of which it uses something else: `z[key]`, `f(z)`, `z.string = ...`.
 *
 * Only a parser tells `z.string` from the same in a text, and the `z` of `/[a-z]/` from the name. esbuild is one, and
 * it replaces globals, which these names are when nothing imports them.
 *
 * @param {typeof import('esbuild')} esbuild
 * @param {string} code of an ES module
 * @param {Statement[]} statements
 * @param {string[]} locals
 * @returns {Promise<Map<string, string[][]>>} by local name
 */
export async function membersUsed(esbuild, code, statements, locals) {
  // Code in a text can use any name.
  if (locals.length === 0 || /\beval\s*\(/.test(code)) return new Map();
  let mark = '$member';
  while (code.includes(mark)) mark += '$';
  const define = Object.fromEntries(locals.map((local, index) => [local, `${mark}${index}`]));
  const marked = await esbuild.transform(without(code, statements, new Set(locals)), {
    define,
    format: 'esm',
    minifyWhitespace: true,
    logLevel: 'silent',
  });
  const name = `${mark.replaceAll('$', '\\$')}(?<index>\\d+)`;
  /** @type {Map<string, string[][]>} */
  const found = new Map(locals.map((local) => [local, []]));
  for (const { groups = {} } of marked.code.matchAll(new RegExp(CHANGE + name + PATH + ASSIGNMENT, 'g'))) {
    const { index, path, before, after } = groups;
    const local = locals[Number(index)] ?? '';
    if (!path || before || after) found.delete(local);
    else found.get(local)?.push(path.split(/\??\./).slice(1));
  }
  return found;
}

/** @param {string} code @param {Statement[]} statements @param {Set<string>} locals */
function without(code, statements, locals) {
  let end = 0;
  const parts = statements.flatMap((statement) => {
    const others = statement.bindings.filter(({ local }) => !locals.has(local));
    const before = code.slice(end, statement.start);
    end = statement.end;
    return [
      before,
      ...others.map((other) => importText(other)),
      'import',
      JSON.stringify(statement.specifier),
    ];
  });
  return [...parts, code.slice(end)].join('');
}

/** @param {Binding} binding */
function importText({ name, local }) {
  return name === '*' ? `import*as ${local} from"x";` : `import{${name} as ${local}}from"x";`;
}
