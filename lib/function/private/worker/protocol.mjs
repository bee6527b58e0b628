// @ts-check
/**
 * What the main thread and the worker say to each other. Types only.
 *
 * @typedef {{ define?: Record<string, string>, loader?: Record<string, import('esbuild').Loader>, external?: readonly string[] }} EsbuildOptions
 *
 * @typedef {{ name: string, folder: string, files: Record<string, string> }} LayerPackage
 *   A shared layer as its users see it: the package's name, its sources and, by exports subpath, the file under /opt.
 *
 * @typedef {{
 *   key: string,
 *   root: string,
 *   entries: Record<string, string>,
 *   folder?: string,
 *   base?: string,
 *   assets?: Record<string, string>,
 *   layers: LayerPackage[],
 *   options: EsbuildOptions,
 *   conditions: string[],
 *   target: string,
 * }} Unit
 *   What is bundled alone: a function (one entry, `index`) or a shared layer (`folder`, an entry per export).
 *   `entries` maps the output without extension to the source file, `base` is where outputs are in the layer, and
 *   `assets` are literal files.
 *
 * @typedef {{ id: string, specifier: string, from: string, names: string[] | '*', perhaps: string[] }} VendorEntry
 *   One file of an automatic layer: `names` of `specifier`, resolved from the folder `from` (relative to the
 *   root). `perhaps` are names that may be text in a string only.
 *
 * @typedef {{ hash: string, files: Record<string, [number, number]> }} Artifact
 *   A folder of the cache and its files' sizes and times.
 *
 * @typedef {{ artifact: Artifact, inputs: string[], vendors: VendorEntry[] }} UnitResult
 * @typedef {{ key: string, errors: string[] }} Failure
 *
 * @typedef {{ pass: 'project', store: string, units: Unit[] }} ProjectRequest
 * @typedef {{ units: Record<string, UnitResult>, failures: Failure[] }} ProjectResult
 *
 * @typedef {{ key: string, root: string, target: string, conditions: string[], entries: VendorEntry[] }} VendorSet
 * @typedef {{ pass: 'vendor', store: string, sets: VendorSet[] }} VendorRequest
 * @typedef {{ sets: Record<string, { artifact: Artifact, inputs: string[] }>, failures: Failure[] }} VendorResult
 *
 * @typedef {ProjectRequest | VendorRequest} Request
 * @typedef {{ project: ProjectResult } | { vendor: VendorResult } | { crash: string }} Response
 */

export {};
