// @ts-check

/**
 * @typedef {import('./namespaces.mjs').Place} Place
 * @typedef {import('./namespaces.mjs').Namespace} Namespace
 * @typedef {import('./namespaces.mjs').Namespaces} Namespaces
 * @typedef {import('./protocol.mjs').VendorEntry} VendorEntry
 * @typedef {{ contents: string, resolveDir: string }} Module
 * @typedef {Map<string, Tree>} Tree the used names of a module, each with its used members
 */

/** Prefix of the layer's entries in esbuild: they are virtual modules. */
export const VIRTUAL = 'trellis:';

/**
 * Returns virtual modules that replace a package's module, with some of its names. A name of which only members are
 * used becomes a namespace of these members: esbuild would keep all of the package's own namespace.
 *
 * @param {Namespaces} namespaces
 * @param {VendorEntry} entry
 * @param {string} folder folder from which it resolves
 * @param {ReadonlySet<string>} absent names that modules do not have
 * @returns {Promise<Map<string, Module>>} by id: the entry's id, and `<id>/z` for its namespace `z`
 */
export async function narrowed(namespaces, { id, specifier, names }, folder, absent) {
  /** @type {Map<string, Module>} */
  const modules = new Map();
  await add(id, { specifier, folder }, treeOf(names), { namespaces, absent, modules });
  return modules;
}

/** Returns the first name of each path. @param {VendorEntry['names']} names */
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
    // Imports of the modules on the way may have side effects: they run in the same order.
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
 * Returns true if the namespace's module runs for these members alone, as it does for all.
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
