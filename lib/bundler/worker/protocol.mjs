// @ts-check

/** The key of a unit's own code in `wrappers`. */
export const OWN = 'own';

/**
 * Messages between the main thread and the worker; types except for one constant.
 *
 * @typedef {{
 *   define?: Readonly<Record<string, string>>, loader?: Readonly<Record<string, import('esbuild').Loader>>, external?:
 *   readonly string[], alias?: Readonly<Record<string, string>>, inject?: readonly string[], conditions?: readonly
 *   string[], tsconfig?: string, banner?: string, minify?: boolean, keepNames?: boolean, sourceMap?: boolean, plugins?:
 *   readonly string[], nodeModules?: readonly string[],
 * }} UnitOptions
 *   The user's bundling options, with absolute paths.
 *
 * @typedef {{ name: string, folder: string, files: Record<string, string> }} LayerPackage
 *   A shared layer as functions import it: the package's name, its source folder and, by exports subpath, the file
 *   under /opt.
 *
 * @typedef {{
 *   root: string, entries: Record<string, string>, folder?: string, base?: string, assets?: Record<string, string>,
 *   files?: Readonly<Record<string, string>>, layers: LayerPackage[], options: UnitOptions, conditions: string[],
 *   target: string,
 * }} Unit
 *   A unit of bundling: a function (one entry, `index`) or a shared layer (`folder`, an entry per export). `entries`
 *   maps the output without extension to the source file, `base` is the folder of outputs in the layer, `assets` are
 *   literal files, and `files` maps paths in the output to files and folders to copy.
 *
 * @typedef {{
 *   id: string, specifier: string, from: string, names: string[] | '*', perhaps: string[], importers?: string[],
 * }} VendorEntry
 *   One file of a dependency layer: `names` of `specifier`, resolved from the folder `from` (relative to the root);
 *   `z.string` is a member of its export `z`. `perhaps` are members that may not exist. If the whole module is used,
 *   `importers` are the files that import it.
 *
 * @typedef {VendorEntry & { platforms: string[] }} LayerEntry
 *   An entry with the platforms of the functions that use it, in Node.js's notation.
 *
 * @typedef {{
 *   root: string, target: string, conditions: string[], entries: LayerEntry[], nodeModules: [name: string, folder:
 *   string, platforms: string[]][],
 * }} DependencySet
 *   The content of a dependency layer. `nodeModules` are packages to copy as installed, with their folders relative to
 *   the root and the platforms of the functions that list them.
 *
 * @typedef {import('../../project-cache/artifact.js').Package} Package
 * @typedef {import('../../project-cache/artifact.js').Artifact} Artifact
 *
 * @typedef {{ vendors: VendorEntry[], wrappers: Record<string, string[]>, warnings: BuildError[] }} Findings
 *   Results of a build besides the artifact. `vendors` are the names that a unit uses of packages. `wrappers` are the
 *   handler wrappers (`handle`, `route` ...) in the code: of a unit under OWN, of a layer by the ids of the entries
 *   that contain them, except for the runtime itself.
 *
 * @typedef {{ artifact: Artifact, inputs: string[], absent: string[], findings: Findings }} BuildResult
 *   `inputs` are the files and folders that the artifact was built from, relative to the root; `absent` are files that
 *   would be inputs if they existed.
 *
 * @typedef {{ pass: 'project', store: string, unit: Unit }} ProjectRequest
 * @typedef {{ pass: 'vendor', store: string, set: DependencySet }} VendorRequest
 *
 * @typedef {{
 *   pass: 'resolve', unit: Pick<Unit, 'root' | 'options' | 'conditions'>, specifier: string, importer: string,
 * }} ResolveRequest
 * @typedef {{ file?: string, inputs: string[], absent: string[] }} Resolution
 *   `file` is undefined if the import does not resolve. `inputs` and `absent` are the settings that decide it, as
 *   absolute paths.
 *
 * @typedef {{ text: string, entries?: string[] }} BuildError
 *   An error; `entries` are the ids of the vendor entries that it concerns.
 *
 * @typedef {{ result: BuildResult | Resolution } | { errors: BuildError[] } | { crash: string }} Outcome
 * @typedef {{ id: number } & (ProjectRequest | VendorRequest | ResolveRequest)} Job
 *   Sent in arrays, as are the responses.
 *
 * @typedef {{ id: number, outcome: Outcome }} Response
 */
