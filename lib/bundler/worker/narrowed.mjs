// @ts-check

/**
 * @typedef {import('./namespaces.mjs').Place} Place
 * @typedef {import('./namespaces.mjs').Namespace} Namespace
 * @typedef {import('./namespaces.mjs').Namespaces} Namespaces
 * @typedef {import('./protocol.mjs').VendorEntry} VendorEntry
 * @typedef {{ contents: string, resolveDir: string }} Module
 * @typedef {Map<string, Tree>} Tree the names that are used of a module, each with the members that are used of it
 */

/** How the entries of the layer are called for esbuild: they are no files. */
export const VIRTUAL = 'trellis:';

/**
 * The modules that stand for one of a package, with some of its names. A name of which only members are used is a
 * namespace of these: of the package's own one, esbuild would keep everything.
 *
 * @param {Namespaces} namespaces
 * @param {VendorEntry} entry
 * @param {string} folder that it is resolved from
 * @param {ReadonlySet<string>} absent names that modules turned out not to have
 * @returns {Promise<Map<string, Module>>} by their ids: the entry's, and `<id>/z` for its namespace `z`
 */
export async function narrowed(namespaces, { id, specifier, names }, folder, absent) {
  /** @type {Map<string, Module>} */
  const modules = new Map();
  await add(id, { specifier, folder }, treeOf(names), { namespaces, absent, modules });
  return modules;
}

/** The first of each path. @param {VendorEntry['names']} names */
export function topNames(names) {
  return [...treeOf(names).keys()];
}

/**
 * @param {string} id
 * @param {Place} place
 * @param {Tree} tree
 * @param {{ namespaces: Namespaces, absent: ReadonlySet<string>, modules: Map<string, Module> }} scope
 */
async function add(id, place, tree, scope) {
  const { namespaces, absent, modules } = scope;
  const plain = [];
  const lines = [];
  for (const [name, members] of tree) {
    const found = members.size > 0 ? await namespaces.find(place, name) : undefined;
    if (!found || !runs(found, members)) {
      if (!absent.has(`${id} ${name}`)) plain.push(name);
      continue;
    }
    const part = `${id}/${name}`;
    // What the modules on the way import may do something besides, and does it in the same order.
    for (const [index, { folder, shape }] of found.passed.entries()) {
      const passed = `${part}:${index}`;
      modules.set(passed, { contents: shape.imports.map(importText).join('\n'), resolveDir: folder });
      lines.push(importText(VIRTUAL + passed));
    }
    await add(part, found.module, members, scope);
    lines.push(`export * as ${name} from ${JSON.stringify(VIRTUAL + part)};`);
  }
  const from = JSON.stringify(place.specifier);
  const first =
    plain.length > 0 ? `export { ${plain.join(', ')} } from ${from};` : importText(place.specifier);
  modules.set(id, { contents: [first, ...lines].join('\n'), resolveDir: place.folder });
}

/**
 * Whether the module that a namespace is of runs for these members alone, as it does for all.
 *
 * @param {Namespace} found
 * @param {Tree} members
 */
function runs({ own }, members) {
  return own === undefined || [...members.keys()].some((member) => own.has(member));
}

/** @param {string} specifier */
function importText(specifier) {
  return `import ${JSON.stringify(specifier)};`;
}

/** @param {VendorEntry['names']} names @returns {Tree} */
function treeOf(names) {
  /** @type {Tree} */
  const root = new Map();
  for (const name of names) {
    let tree = root;
    for (const part of name.split('.')) {
      const members = tree.get(part) ?? new Map();
      tree.set(part, members);
      tree = members;
    }
  }
  return root;
}
