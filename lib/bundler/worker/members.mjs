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
 * @param {typeof import('esbuild')} esbuild
 * @param {string} code of an ES module
 * @param {Statement[]} statements
 * @param {string[]} locals
 * @returns {Promise<Map<string, string[][]>>} by local name
 */
export async function membersUsed(esbuild, code, statements, locals) {
  // Code in a text can use any name.
  if (locals.length === 0 || /\beval\s*\(/.test(code)) return new Map();
  /** @type {Map<string, string[][]>} */
  const found = new Map();
  const rest = without(code, statements, new Set(locals));
  for (const local of locals) {
    // Not `other.local`, but `...local`. Members that are in a text are some more than are used, at worst.
    const paths = pathsOf(`(?<![\\w$]|(?<!\\.\\.)\\.)${escaped(local)}(?![\\w$])`, rest);
    if (paths) found.set(local, paths);
  }
  const others = locals.filter((local) => !found.has(local));
  if (others.length === 0) return found;
  return new Map([...found, ...(await parsedMembers(esbuild, code, statements, others))]);
}

/**
 * Only a parser tells the `z` of `/[a-z]/` from the name. esbuild is one, and it replaces globals, which these names are
 * when nothing imports them.
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
 * @returns {string[][] | undefined} undefined if something else than a member is used
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
