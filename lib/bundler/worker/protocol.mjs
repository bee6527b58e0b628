// @ts-check

/** The name of a unit's own code in what is said of it. */
export const OWN = 'own';

/**
 * What the main thread and the worker say to each other. Nearly types only.
 *
 * @typedef {{
 *   define?: Readonly<Record<string, string>>,
 *   loader?: Readonly<Record<string, import('esbuild').Loader>>,
 *   external?: readonly string[],
 *   alias?: Readonly<Record<string, string>>,
 *   inject?: readonly string[],
 *   conditions?: readonly string[],
 *   tsconfig?: string,
 *   banner?: string,
 *   minify?: boolean,
 *   keepNames?: boolean,
 *   sourceMap?: boolean,
 *   plugins?: readonly string[],
 *   nodeModules?: readonly string[],
 * }} UnitOptions
 *   What users say about bundling; files by their absolute paths.
 *
 * @typedef {{ name: string, folder: string, files: Record<string, string> }} LayerPackage
 *   A shared layer as its users see it: the package's name, its sources and, by exports subpath, the file under /opt.
 *
 * @typedef {{
 *   root: string,
 *   entries: Record<string, string>,
 *   folder?: string,
 *   base?: string,
 *   assets?: Record<string, string>,
 *   files?: Readonly<Record<string, string>>,
 *   layers: LayerPackage[],
 *   options: UnitOptions,
 *   conditions: string[],
 *   target: string,
 * }} Unit
 *   What is bundled alone: a function (one entry, `index`) or a shared layer (`folder`, an entry per export).
 *   `entries` maps the output without extension to the source file, `base` is where outputs are in the layer,
 *   `assets` are literal files, and `files` maps places in the output to files and folders that are copied there.
 *
 * @typedef {{
 *   id: string,
 *   specifier: string,
 *   from: string,
 *   names: string[] | '*',
 *   perhaps: string[],
 *   importers?: string[],
 * }} VendorEntry
 *   One file of an automatic layer: `names` of `specifier`, resolved from the folder `from` (relative to the
 *   root); `z.string` is a member of its export `z`. `perhaps` are members that it may not have. Of one that is used as a
 *   whole, `importers` are the files that import it.
 *
 * @typedef {VendorEntry & { platforms: string[] }} LayerEntry
 *   With the platforms of the functions that use it, as Node.js names them.
 *
 * @typedef {{
 *   root: string,
 *   target: string,
 *   conditions: string[],
 *   entries: LayerEntry[],
 *   nodeModules: [name: string, folder: string, platforms: string[]][],
 * }} DependencySet
 *   An automatic layer. `nodeModules` are packages to copy as they are, with their folders relative to the root and the
 *   platforms of the functions that name them.
 *
 * @typedef {import('../../project-cache/artifact.js').Package} Package
 * @typedef {import('../../project-cache/artifact.js').Artifact} Artifact
 *
 * @typedef {{ vendors: VendorEntry[], wrappers: Record<string, string[]>, warnings: BuildError[] }} Findings
 *   What else a build found out. `vendors` are what a unit uses of packages. `wrappers` are the wrappers of handlers
 *   (`handle`, `route` ...) in the code: of a unit by the name OWN, of a layer by the ids of the entries that have them,
 *   if these are not the runtime itself.
 *
 * @typedef {{ artifact: Artifact, inputs: string[], absent: string[], findings: Findings }} BuildResult
 *   `inputs` are the files and folders it was made from, relative to the root; `absent` are those that would have
 *   been among them, had they been there.
 *
 * @typedef {{ pass: 'project', store: string, unit: Unit }} ProjectRequest
 * @typedef {{ pass: 'vendor', store: string, set: DependencySet }} VendorRequest
 *
 * @typedef {{
 *   pass: 'resolve',
 *   unit: Pick<Unit, 'root' | 'options' | 'conditions'>,
 *   specifier: string,
 *   importer: string,
 * }} ResolveRequest
 * @typedef {{ file?: string, inputs: string[], absent: string[] }} Resolution
 *   `file` is undefined where nothing is found. `inputs` and `absent` are settings that say so, by absolute paths.
 *
 * @typedef {{ text: string, entries?: string[] }} BuildError
 *   An error; `entries` are the ids of the vendor entries it concerns.
 *
 * @typedef {{ result: BuildResult | Resolution } | { errors: BuildError[] } | { crash: string }} Outcome
 * @typedef {{ id: number } & (ProjectRequest | VendorRequest | ResolveRequest)} Job
 *   They come in lists, and so do the answers.
 *
 * @typedef {{ id: number, outcome: Outcome }} Answer
 */
